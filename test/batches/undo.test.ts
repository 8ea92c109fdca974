import { spawn } from 'node:child_process';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { Browser } from '../sign-in/browser.ts';
import { until } from '../support/e2e.ts';
import { call } from '../support/e2e-client.ts';
import { ann, boss, dave } from '../support/e2e-policy.ts';
import { type Retiering, retierings } from './agent.ts';
import { type Deployment, openDeployment, type Where } from './deployment.ts';
import { readyBatch, reviewerAt } from './people.ts';
import { entriesIn } from './record.ts';
import { sending } from './sending.ts';
import { type Undoer, undoerAt } from './undoing.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
const databases: readonly { readonly name: string; readonly where: () => Where }[] = [
  { name: 'SQLite', where: () => ({ kind: 'sqlite' }) },
  { name: 'PostgreSQL', where: () => ({ kind: 'postgres', url: inject('postgresUrl') }) },
];
const { main, code: compiled } = inject('serving');
const bob = 'bob@corp.example';
const olga = 'olga@corp.example';

// One house for all of it: each test has accounts of its own.
describe.each(databases)('undo on $name', ({ name, where }) => {
  let deployment: Deployment;
  let act: Client;
  let admin: Browser;
  let operator: Undoer;
  let lead: Browser;
  let wishes: Retiering[];
  beforeAll(async () => {
    deployment = await openDeployment({ where: where(), crm: { accounts: 200 } });
    await deployment.start();
    act = await deployment.agent('crm-act');
    admin = await deployment.person(boss);
    operator = undoerAt(admin);
    lead = await deployment.person(dave);
    wishes = [...retierings(await deployment.crm.accounts(), 24)];
  });
  afterAll(() => deployment.close());

  const take = (many: number) => wishes.splice(0, many);
  const tiers = (ids: readonly string[]) => Promise.all(ids.map(async (id) => (await deployment.crm.account(id))?.tier));
  const last = async () => (await deployment.crm.log()).at(-1)?.seq ?? 0;
  const undoneAfter = async (seq: number) =>
    (await deployment.crm.applied(seq)).filter(({ by }) => by === 'mcp').map(({ tool, account }) => [tool, account]);
  /** What a person approves before it runs. */
  const approved = async (client: Client, name: string, args: Record<string, unknown>): Promise<void> => {
    const ticket = /TK-[0-9A-Z]{10}/.exec((await call(client, name, args)).text)?.[0];
    const said = await sending(lead)(`/api/approvals/${ticket}/decide`, { decision: 'approve', confirm: 1 });
    if (said.status !== 200) throw new Error(said.text);
    expect(await call(client, name, args)).toMatchObject({ isError: false });
  };
  /** A change of somebody, and the call that made it. */
  const changed = async (client: Client, person: string): Promise<{ readonly id: string; readonly was: string; readonly call: string }> => {
    const [{ id }] = take(1) as [Retiering];
    const was = String((await deployment.crm.account(id))?.owner);
    await approved(client, 'set_owner', { id, owner: 'new@corp.example' });
    const entries = await entriesIn(deployment.config, `kind:executed on_behalf_of:${person} tool:set_owner`);
    return { id, was, call: String(entries.at(-1)?.call) };
  };
  const ownerOf = async (id: string) => (await deployment.crm.account(id))?.owner;

  it('takes a run back, the newest first, in a run of its own, and leaves what somebody else changed', async () => {
    const mine = take(4);
    const ids = mine.map(({ id }) => id);
    const before = await tiers(ids);
    for (const wish of mine) expect(await call(act, 'set_tier', { ...wish })).toMatchObject({ isError: false });
    // The same record once more, and one that somebody else edits.
    await call(act, 'set_tier', { id: ids[0], tier: before[0] === 'A' ? 'B' : 'A' });
    await deployment.crm.edit(ids[3] ?? '', { notes: 'called them' });
    const [made, run] = [await last(), String((await entriesIn(deployment.config, 'kind:executed')).at(-1)?.run)];

    const id = await operator.ask({ kind: 'run', id: run }, 'wrong rule');
    const looked = await operator.settled(id, 'looked');
    expect(looked.says).toBe('4 changes can be undone and 1 changed since and was left out. Nothing was taken back yet.');
    expect(await undoneAfter(made)).toEqual([]);
    await operator.must(id, 'start');
    const ended = await operator.settled(id, 'undone', 'paused');
    expect([ended.state, ended.says]).toEqual(['undone', '4 changes were undone and 1 changed since and stands as it is.']);
    expect(await tiers(ids)).toEqual([...before.slice(0, 3), mine[3]?.tier]);
    expect(await undoneAfter(made)).toEqual([ids[0], ids[2], ids[1], ids[0]].map((account) => ['set_tier', account]));
    const entries = await entriesIn(deployment.config, `batch:${id} kind:executed`);
    expect(entries).toHaveLength(4);
    expect(entries[0]).toMatchObject({ on_behalf_of: boss, approval: `human:${boss}`, actor: 'trapkey-undo', rule: `undo/${id}` });
    expect(entries[0]?.run).not.toBe(run);
    const acts = (await entriesIn(deployment.config, 'kind:admin')).filter(({ subject }) => subject === id).map(({ action }) => action);
    expect(acts).toEqual(['undo.asked', 'undo.looked', 'undo.started', 'undo.step', 'undo.ended']);
  });

  it('takes back what a release did since a time, what a person overwrites all the same, and says what was sent', async () => {
    const since = new Date(await new Promise<number>((resolve) => setTimeout(() => resolve(Date.now()), 2))).toISOString();
    const one = await changed(act, ann);
    const [gone] = take(1) as [Retiering];
    await approved(act, 'delete_account', { id: gone.id });
    await approved(act, 'send_mail', { id: one.id, subject: 'Your tier', body: 'It changed' });
    await deployment.crm.edit(one.id, { notes: 'asked for it' });
    const made = await last();

    const json = sending(admin);
    const asked = await json('/api/undos', { kind: 'release', id: 'sales-outreach@2.1.0', since, reason: 'a bad release' });
    const { id } = JSON.parse(asked.text) as { readonly id: string };
    const looked = await operator.settled(id, 'looked');
    expect(looked.says).toBe(
      '1 change can be undone, 1 changed since and was left out and 1 cannot be undone. Nothing was taken back yet.',
    );
    const items = await operator.items(id);
    expect(items.map(({ tool, state }) => [tool, state])).toEqual([
      ['send_mail', 'lasting'],
      ['delete_account', 'possible'],
      ['set_owner', 'conflict'],
    ]);
    expect(items[0]?.says).toBe('It was sent');
    expect((await operator.act(id, 'include', { n: 3, because: '' })).status).toBe(400);
    await operator.must(id, 'include', { n: 3, because: 'asked its owner' });
    await operator.must(id, 'start');
    expect(await operator.settled(id, 'undone', 'paused')).toMatchObject({ state: 'undone', counts: { undone: 2, lasting: 1 } });
    expect(await undoneAfter(made)).toEqual([
      ['restore_account', gone.id],
      ['set_owner', one.id],
    ]);
    expect(await deployment.crm.account(one.id)).toMatchObject({ owner: one.was, notes: 'asked for it' });
    // What the undo did is nothing that the release did.
    const again = await json('/api/undos', { kind: 'release', id: 'sales-outreach@2.1.0', since, reason: 'once more' });
    const second = await operator.settled((JSON.parse(again.text) as { readonly id: string }).id, 'looked');
    expect(second.counts).toEqual({ lasting: 1, elsewhere: 2 });
  });

  it('takes an applied batch back', async () => {
    const mine = take(3);
    const ids = mine.map(({ id }) => id);
    const before = await tiers(ids);
    const reviewer = reviewerAt(lead);
    // Something that it did was undone before: it is staged from the first change on.
    const batch = await readyBatch(act, reviewer, mine);
    await reviewer.must(batch, 'apply');
    await reviewer.settled(batch, 'applied');
    const made = await last();
    const id = await operator.ask({ kind: 'batch', id: batch }, 'the rule was wrong');
    await operator.settled(id, 'looked');
    await operator.must(id, 'start');
    const ended = await operator.settled(id, 'undone', 'paused');
    expect(ended).toMatchObject({ state: 'undone', counts: { undone: 3 } });
    expect(await tiers(ids)).toEqual(before);
    expect(await reviewer.detail(batch)).toMatchObject({ undone: { changes: 3, undos: [id] } });
    expect((await lead.get(`/b/${batch}`)).text).toContain(`<a href="/undo/${id}">${id}</a>`);
    // The first was made alone, so it is the last; of those made side by side either may be the newer.
    const undone = await undoneAfter(made);
    expect(undone.toSorted()).toEqual(ids.toSorted().map((account) => ['set_tier', account]));
    expect(undone.at(-1)).toEqual(['set_tier', ids[0]]);
  });

  it('goes on past a stop on the plugin, waits for one on the connector, and is for operators alone', async () => {
    const client = await deployment.agent('crm-act', bob);
    const [one, two] = [await changed(client, bob), await changed(client, bob)];
    const json = sending(admin);
    const stop = async (scope: string) =>
      (JSON.parse((await json('/api/stops', { scope, reason: 'odd' })).text) as { readonly id: string }).id;
    const plugin = await stop('plugin:sales-outreach');
    expect((await call(client, 'set_owner', { id: one.id, owner: one.was })).text).toContain('stopped');
    const first = await operator.ask({ kind: 'call', id: one.call }, 'wrong account');
    await operator.settled(first, 'looked');
    await operator.must(first, 'start');
    await operator.settled(first, 'undone');
    expect(await ownerOf(one.id)).toBe(one.was);

    const second = await operator.ask({ kind: 'call', id: two.call }, 'wrong account');
    await operator.settled(second, 'looked');
    const connector = await stop('connector:crm-act');
    const made = await last();
    await operator.must(second, 'start');
    const paused = await operator.settled(second, 'paused', 'undone');
    expect(paused.says).toContain(`The connector crm-act is stopped (stopped; it can go on after \`trapkey release ${connector}\`)`);
    expect(await undoneAfter(made)).toEqual([]);
    for (const id of [connector, plugin]) await json(`/api/stops/${id}/release`, { reason: 'looked into' });

    for (const other of [undoerAt(await deployment.person(bob, ['viewer'])), undoerAt(lead)]) {
      expect((await other.act(second, 'resume')).status).toBe(403);
      await expect(other.ask({ kind: 'call', id: one.call }, 'me too')).rejects.toThrow('403');
    }
    await operator.must(second, 'resume');
    await operator.settled(second, 'undone');
    expect(await undoneAfter(made)).toEqual([['set_owner', two.id]]);
  });

  it.runIf(name === 'SQLite')('is a command: looks, asks, starts and waits', async () => {
    const client = await deployment.agent('crm-act', bob);
    const one = await changed(client, bob);
    const code = await deployment.code(boss);
    const { data, policyFolder } = deployment.config;
    const command = (args: readonly string[]) =>
      new Promise<{ readonly status: number | null; readonly out: string }>((resolve) => {
        const child = spawn(process.execPath, [main, '--data', data, '--policy', policyFolder, ...args], {
          env: { TRAPKEY_PERSON: boss, NODE_COMPILE_CACHE: compiled },
        });
        let out = '';
        for (const from of [child.stdout, child.stderr]) from.on('data', (chunk) => (out += chunk));
        child.stdin.end(code);
        child.once('close', (status) => resolve({ status, out }));
      });
    const made = await last();
    const looked = await command(['undo', 'call', one.call, '--reason', 'wrong account', '--code-stdin']);
    expect([looked.status, looked.out]).toEqual([0, expect.stringContaining('1 change can be undone. Nothing was taken back yet.')]);
    expect(await undoneAfter(made)).toEqual([]);
    const done = await command(['undo', 'call', one.call, '--reason', 'wrong account', '--yes', '--json', '--code-stdin']);
    expect([done.status, JSON.parse(done.out)]).toMatchObject([0, { state: 'undone', counts: { undone: 1 }, person: boss }]);
    expect(await undoneAfter(made)).toEqual([['set_owner', one.id]]);
  });

  it('is done once, whoever starts it at once, and reports what policy refuses', async () => {
    const client = await deployment.agent('crm-act', bob);
    const one = await changed(client, bob);
    const made = await last();
    const other = undoerAt(await deployment.person(olga, ['operator']));
    const ids = await Promise.all([operator.ask({ kind: 'call', id: one.call }, 'a'), other.ask({ kind: 'call', id: one.call }, 'b')]);
    for (const id of ids) await operator.settled(id, 'looked');
    const starts = await Promise.all(ids.flatMap((id) => [operator.act(id, 'start'), other.act(id, 'start')]));
    expect(starts.filter(({ status }) => status === 200)).toHaveLength(2);
    const ends = await Promise.all(ids.map((id) => operator.settled(id, 'undone', 'paused')));
    expect(ends.map(({ counts }) => Object.keys(counts)[0]).toSorted()).toEqual(['elsewhere', 'undone']);
    expect(await undoneAfter(made)).toEqual([['set_owner', one.id]]);
    const quality = JSON.parse((await admin.get('/api/quality')).text) as { readonly rules: readonly { readonly laterUndone: number }[] };
    expect(quality.rules.map(({ laterUndone }) => laterUndone).reduce((sum, many) => sum + many)).toBe(name === 'SQLite' ? 6 : 5);

    const [two] = take(1) as [Retiering];
    const was = String((await tiers([two.id]))[0]);
    await approved(client, 'set_tier', { ...two });
    const calls = await entriesIn(deployment.config, `kind:executed on_behalf_of:${bob} tool:set_tier`);
    await deployment.publish({ bars: was });
    const refused = await operator.ask({ kind: 'call', id: String(calls.at(-1)?.call) }, 'wrong account');
    const looked = await operator.settled(refused, 'looked');
    expect(looked.says).toBe('1 was refused by policy. Nothing was taken back yet.');
    expect((await operator.items(refused))[0]).toMatchObject({ state: 'barred', code: 'check_failed' });
    expect((await operator.act(refused, 'start')).status).toBe(409);
    await deployment.publish({});
    const page = await admin.get(`/undo/${refused}`);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining(`Nobody becomes a ${was} any more.`)]);
  });

  it('tells of a call that a crash left open', async () => {
    const { crm } = deployment;
    const client = await deployment.agent('crm-act', bob);
    const [{ id }] = take(1) as [Retiering];
    await crm.behave({ faults: [{ does: 'hold_after', tool: 'set_owner', times: 1 }] });
    const lost = approved(client, 'set_owner', { id, owner: 'new@corp.example' }).catch(() => 'lost');
    await until('the CRM has it', async () => (await crm.held()).length === 1);
    await deployment.kill();
    expect(await lost).toBe('lost');
    await deployment.start();
    await crm.recover();
    const [closed] = (await entriesIn(deployment.config, 'kind:closed tool:set_owner')).slice(-1);
    const asked = await operator.ask({ kind: 'call', id: String(closed?.call) }, 'what came of it');
    const looked = await operator.settled(asked, 'looked');
    expect([looked.says, (await operator.items(asked))[0]?.state]).toEqual(['1 is unknown. Nothing was taken back yet.', 'unclear']);
  });
});
