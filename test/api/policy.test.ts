import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  policyActed,
  policyChecked,
  policyEffective,
  policyHistory,
  policyNow,
  policyReplay,
  policySet,
} from '@trapkey/contract/api/policy.ts';
import { recordPage } from '@trapkey/contract/api/record.ts';
import { callReplay } from '@trapkey/contract/api/runs.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Browser } from '../sign-in/browser.ts';
import { asked, sent } from './asking.ts';
import { contacts, type House, openHouse, tagging } from './house.ts';

let at: House;
let one: Browser;
let other: Browser;
let text = '';
beforeAll(async () => {
  at = await openHouse({
    organization: `${tagging}\nlists: { unwanted: unwanted.csv }`,
    plugin: 'autonomy: { crm-act.tag: unattended }',
    lists: { 'unwanted.csv': unwanted },
    env: { CRM_KEY: 'very-secret-value' },
  });
  one = await at.browser('one@corp.example', ['administrator']);
  other = await at.browser('two@corp.example', ['administrator']);
  text = (await asked(one, '/api/policy', policyNow)).files[0]?.text ?? '';
  // More than the list of what runs by itself allows, so its level decides.
  const tags = { ids: ['1', '2', '3', '4', '5', '6'], label: 'x' };
  expect((await at.agent.call('tag', tags)).ticket).toBe('');
  const lowered = { plugin: 'desk', connector: 'crm-act', tool: 'tag', act: 'lower', reason: 'for now' };
  for (const _ of ['sample', 'approve']) expect((await sent(one, '/api/autonomy', lowered)).status).toBe(200);
  const held = await at.agent.call('tag', tags);
  expect(held.ticket, held.text).toMatch(/^TK-/);
  await at.agent.call('tag', { ids: ['a'], label: 'x' });
  await at.agent.call('send_mail', { to: [...contacts], subject: 'Policy', body: 'x' });
});
afterAll(async () => await at?.close());

const send = async <T>(who: Browser, path: string, body: unknown, schema: z.ZodType<T>): Promise<T> => {
  const reply = await sent(who, path, body);
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${reply.text}`);
  return schema.parse(JSON.parse(reply.text));
};
const unwanted = 'mallory@customers.example\n';
const lists = { 'unwanted.csv': unwanted };
const files = (change: (text: string) => string) => ({ files: { 'policy.yaml': change(text), ...lists } });
const tighter = () => files((now) => now.replace('access: read-write', 'access: read-only'));
const looser = () => files((now) => now.replace('reach: 5', 'reach: 6'));
const now = (who = one) => asked(who, '/api/policy', policyNow);
const running = async () => {
  const { digest, generation } = (await now()).running;
  return `${digest}#${generation}`;
};
const propose = async (who: Browser, texts: object, note = '') =>
  await send(who, '/api/policy/propose', { ...texts, note, running: await running() }, policyActed);
const publish = async (who: Browser, digest: string | null) =>
  await send(who, '/api/policy/publish', { digest, running: await running() }, policyActed);
const rollback = async (who: Browser) =>
  await send(who, '/api/policy/rollback', { digest: (await now()).running.previous, running: await running() }, policyActed);

it('shows what runs as it is written, and what a plugin or a person may do', async () => {
  expect(await now()).toMatchObject({ running: { state: 'published', generation: 1 }, waiting: null, folder: { state: 'same' } });
  const { plugins } = await asked(one, '/api/policy/effective?plugin=desk', policyEffective);
  expect(plugins[0]?.connectors[0]).toMatchObject({ connector: 'crm-act', access: 'read-write' });
  expect(plugins[0]?.connectors[0]?.tools[0]).toMatchObject({
    tool: 'send_mail',
    effect: 'send',
    tier: 'high',
    approvers: ['group:leads'],
  });
  const ann = await asked(one, '/api/policy/effective?person=annie@corp.example', policyEffective);
  expect([ann.person?.id, ann.plugins.map(({ plugin }) => plugin)]).toEqual(['ann@corp.example', ['desk']]);
  expect((await asked(one, '/api/policy/effective?person=lee@corp.example', policyEffective)).plugins).toEqual([]);
});

it('checks texts before anybody proposes them, with lines, and tells nobody what an environment variable holds', async () => {
  const own = await at.browser('own@corp.example', ['owner']);
  const wrong = await send(
    own,
    '/api/policy/check',
    files((now) => now.replace('access:', 'acces:')),
    policyChecked,
  );
  expect(wrong.errors[0]).toMatchObject({
    file: 'policy.yaml',
    line: text.slice(0, text.indexOf('access:')).split('\n').length,
    nearest: 'access',
  });
  const secret = await sent(
    own,
    '/api/policy/check',
    files((now) => now.replace('network: private', 'network: "${env:CRM_KEY}"')),
  );
  expect(secret.text).not.toContain('very-secret-value');
  const right = await send(own, '/api/policy/check', tighter(), policyChecked);
  expect(right).toMatchObject({ errors: [], diff: { tightens: true } });
  expect(right.diff?.changes.map(({ path, effect }) => [path, effect])).toEqual([['access', 'tightens']]);
  for (const name of ['../x.yaml', '/etc/x.yaml', 'a/../../x.yaml', 'x.sh'])
    expect((await sent(own, '/api/policy/check', { files: { [name]: 'x' } })).status, name).toBe(400);
});

it("shows the texts of lists to administrators and auditors alone, and tries nothing of one's own on them for others", async () => {
  const list = async (who: Browser) => (await now(who)).files.find(({ kind }) => kind === 'list');
  const [eve, aud] = [await at.browser('eve@corp.example', ['viewer']), await at.browser('aud@corp.example', ['auditor'])];
  expect([(await list(one))?.text, (await list(aud))?.text]).toEqual([unwanted, unwanted]);
  expect(await list(eve)).toMatchObject({ text: null, sizeBytes: unwanted.length, digest: expect.stringMatching(/^sha256:/) });
  const { digest } = (await now(one)).running;
  expect((await eve.get(`/api/policy/sets/${digest}`)).text).not.toContain('mallory');
  const own = text.replace(
    'reach: size(args.ids) }',
    'reach: size(args.ids), check: ["!lists.unwanted.exists(one, one.startsWith(\'m\'))"] }',
  );
  const cases = {
    'a.cases.yaml': '- { case: one, person: ann@corp.example, plugin: desk, connector: crm-act, tool: tag, args: {}, expect: {} }',
  };
  const tried = await send(eve, '/api/policy/check', { files: { 'policy.yaml': text, ...cases } }, policyChecked);
  expect([tried.errors, tried.cases, tried.warnings[0]]).toEqual([
    [],
    [],
    expect.stringContaining('only administrators and auditors read'),
  ]);
  const op = await at.browser('op@corp.example', ['operator']);
  const probed = await sent(op, '/api/policy/replay', { files: { 'policy.yaml': own } });
  expect(probed.text).toMatch(/not tried|does not check|"errors":\[\{/);
  const widened = { 'policy.yaml': text.replace('reach: 5', 'reach: 6') };
  expect((await sent(op, '/api/policy/replay', { files: widened })).status).toBe(403);
  expect((await send(op, '/api/policy/replay', { files: { 'policy.yaml': text } }, policyReplay)).replayed).toBeGreaterThan(1);
});

it('says what the last calls would have been, to whoever opens payloads; that they looked is an entry', async () => {
  const lou = await at.browser('lou@corp.example', ['viewer', 'approver', 'owner']);
  expect(
    (
      await sent(
        lou,
        '/api/policy/replay',
        files((now) => now),
      )
    ).status,
  ).toBe(403);
  const before = at.written.length;
  const same = await send(
    one,
    '/api/policy/replay',
    files((now) => now),
    policyReplay,
  );
  // Also what its lowered level held.
  expect([same.changed, same.replayed > 2, same.cut]).toEqual([[], true, false]);
  expect(at.written.slice(before)).toMatchObject([
    { action: 'record.replay', on_behalf_of: 'one@corp.example', subject: (await now()).running.digest, detail: 'the last 1000 decisions' },
  ]);
  const { call } =
    (await asked(one, '/api/record?q=kind:decided verdict:hold tool:tag'.replaceAll(' ', '%20'), recordPage)).entries[0] ?? {};
  expect(await asked(one, `/api/calls/${call}/replay`, callReplay)).toMatchObject({ same: true });
  const changed = await send(one, '/api/policy/replay', tighter(), policyReplay);
  expect(changed.transitions).toMatchObject({ 'allow→deny': 2 });
  expect(changed.changed.map(({ was, now, code }) => [was, now, code])).toContainEqual(['allow', 'deny', 'read_only']);
});

it('does one check of a person at a time, and no more cases than it has time for', async () => {
  const many = Array.from(
    { length: 1_200 },
    (_, i) => `- { case: c${i}, person: ann@corp.example, plugin: desk, connector: crm-act, tool: no, expect: {} }`,
  );
  const cases = { 'a.cases.yaml': many.join('\n') };
  const both = { files: { 'policy.yaml': text, ...lists, ...cases } };
  const { csrf } = JSON.parse((await one.get('/api/session')).text) as { readonly csrf: string };
  const check = () => one.json('/api/policy/check', both, { 'x-csrf-token': csrf });
  const replies = await Promise.all([check(), check()]);
  expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 429]);
  const done = policyChecked.parse(JSON.parse(replies.find(({ status }) => status === 200)?.text ?? ''));
  expect([done.cases.length <= 1_000, done.cut]).toEqual([true, true]);
});

it('takes two administrators to loosen, one to tighten, and goes back; only with a credential just shown', async () => {
  const linked = await at.linked('three@corp.example', ['administrator']);
  const refused = await sent(linked, '/api/policy/propose', { ...looser(), running: await running() });
  expect([refused.status, JSON.parse(refused.text)]).toEqual([403, expect.objectContaining({ code: 'step_up_needed' })]);
  const proposed = await propose(one, looser(), 'tags are cheap');
  expect(proposed.status).toBe('proposed');
  expect((await now()).waiting).toMatchObject({ by: 'one@corp.example', note: 'tags are cheap', diff: { tightens: false } });
  expect((await propose(other, tighter())).status).toBe('refused');
  expect((await publish(one, proposed.digest)).status).toBe('second_person');
  const looked = { digest: proposed.digest, running: await running() };
  const published = await publish(other, proposed.digest);
  const late = await sent(one, '/api/policy/publish', looked);
  expect([late.status, late.text]).toEqual([409, expect.stringContaining('Another policy runs meanwhile')]);
  expect(published).toMatchObject({ status: 'applied', says: expect.stringContaining('folder was brought in line') });
  expect(readFileSync(join(at.config.policyFolder, 'policy.yaml'), 'utf8')).toContain('reach: 6');
  expect(await now()).toMatchObject({ running: { digest: proposed.digest, generation: 2 }, folder: { state: 'same' }, waiting: null });
  expect((await rollback(one)).status).toBe('second_person');
  const back = await rollback(other);
  expect([back.status, (await now()).files[0]?.text?.includes('reach: 5')]).toEqual(['applied', true]);
  const tight = await propose(one, tighter());
  expect((await publish(one, tight.digest)).status).toBe('applied');
  expect((await at.agent.call('tag', { ids: ['b'], label: 'y' })).text).toContain('read_only');
  const { sets } = await asked(one, '/api/policy/history', policyHistory);
  expect(sets.filter(({ runs }) => runs).map(({ digest }) => digest)).toEqual([tight.digest]);
  expect((await asked(one, `/api/policy/sets/${proposed.digest}`, policySet)).diff?.changes.map(({ path }) => path)).toContain('access');
  expect(at.written.map(({ action }) => action)).toEqual(expect.arrayContaining(['policy.propose', 'policy.apply', 'policy.rollback']));
});

it('leaves a folder alone that holds something else, and withdraws what waits', async () => {
  const file = join(at.config.policyFolder, 'policy.yaml');
  const held = readFileSync(file, 'utf8');
  const note = await propose(one, looser());
  expect((await sent(other, '/api/policy/withdraw', {})).status).toBe(400);
  expect((await send(other, '/api/policy/withdraw', { digest: note.digest }, policyActed)).status).toBe('withdrawn');
  expect((await publish(one, note.digest)).status).toBe('nothing');
  writeFileSync(file, `${held}\n# by hand\n`);
  await expect.poll(async () => (await now()).waiting?.by, { timeout: 20_000 }).toBe('policy folder');
  expect((await propose(one, looser())).says).toContain('policy folder');
  for (const who of ['lee@corp.example', 'own@corp.example'])
    expect((await sent(await at.browser(who, ['approver', 'owner']), '/api/policy/publish', {})).status).toBe(403);
  expect(readFileSync(file, 'utf8')).toContain('# by hand');
});
