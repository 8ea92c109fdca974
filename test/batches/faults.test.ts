import type { Client } from '@modelcontextprotocol/client';
import type { BatchChange } from '@trapkey/contract/api/batches.ts';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { SalesBook } from '../support/batch-policy.ts';
import type { Account } from '../support/crm/accounts.ts';
import type { Fault } from '../support/crm/modes.ts';
import { until } from '../support/e2e.ts';
import { call } from '../support/e2e-client.ts';
import { boss, dave } from '../support/e2e-policy.ts';
import { type Retiering, retierings } from './agent.ts';
import { applying, modesOf, stageBatch } from './crashing.ts';
import { type Deployment, openDeployment, openDeploymentForTest } from './deployment.ts';
import { reckon } from './ledger.ts';
import { type Reviewer, readyBatch, reviewerAt } from './people.ts';
import { sending } from './sending.ts';
import { undoerAt, undoing } from './undoing.ts';

const book: SalesBook = { stage: '{ over: 0 per run, sample: 1 }', callTimeout: '2s' };
const nina = 'nina@corp.example';
/** She is an operator until a test takes that away. */
const shared: SalesBook = { ...book, organization: [`roles: { operator: [${nina}] }`] };

/** What a fault is tried on. */
interface Scene {
  readonly deployment: Deployment;
  readonly agent: Client;
  readonly reviewer: Reviewer;
  /** So many wishes that no test before had. */
  wishes(count: number): readonly Retiering[];
}

async function sceneOf(deployment: Deployment, most: number): Promise<Scene> {
  const all = retierings(await deployment.crm.accounts(), most);
  let taken = 0;
  return {
    deployment,
    agent: await deployment.agent('crm-act'),
    reviewer: reviewerAt(await deployment.person(dave)),
    wishes(count) {
      taken += count;
      return all.slice(taken - count, taken);
    },
  };
}

const states = (changes: readonly BatchChange[]) => changes.map(({ state }) => state);
const last = async ({ crm }: Deployment) => (await crm.log()).at(-1)?.seq ?? 0;

let scene: Scene;
beforeAll(async () => {
  const deployment = await openDeployment({ where: { kind: 'sqlite' }, book: shared, crm: { accounts: 1_000 } });
  await deployment.start();
  scene = await sceneOf(deployment, 160);
});
afterAll(() => scene?.deployment.close());

/** Its own gateway, where what is tried stays. */
async function alone(): Promise<Scene> {
  const deployment = await openDeploymentForTest({ where: { kind: 'sqlite' }, book, crm: { accounts: 200 } });
  return await sceneOf(deployment, 40);
}

it('changes the same record twice in the order of the wishes, and takes both back', async () => {
  const { deployment, agent, reviewer } = scene;
  const [one, other] = scene.wishes(2) as [Retiering, Retiering];
  const was = (await deployment.crm.account(one.id)) as Account;
  const second = (['A', 'B', 'C'] as const).find((tier) => tier !== one.tier && tier !== was.tier) ?? 'A';
  const batch = await readyBatch(agent, reviewer, [one, other, { id: one.id, tier: second }]);
  expect((await reviewer.detail(batch)).proposal?.duplicates).toMatchObject({ records: 1, changes: 2 });
  const after = await last(deployment);
  await reviewer.must(batch, 'apply');
  await reviewer.settled(batch, 'applied');
  expect(states(await reviewer.changes(batch))).toEqual(['done', 'done', 'done']);
  expect((await deployment.crm.applied(after)).filter(({ account }) => account === one.id).map(({ args }) => args['tier'])).toEqual([
    one.tier,
    second,
  ]);
  const operator = undoerAt(await deployment.person(boss));
  const undo = await operator.ask({ kind: 'batch', id: batch }, 'Once too often');
  await operator.settled(undo, 'looked');
  await operator.must(undo, 'start');
  expect((await operator.settled(undo, 'undone')).counts).toEqual({ undone: 3 });
  expect(await deployment.crm.account(one.id)).toEqual(was);
});

it('overwrites nobody: what another changed meanwhile is a conflict', async () => {
  const { deployment, agent, reviewer } = scene;
  const wishes = scene.wishes(3);
  const batch = await readyBatch(agent, reviewer, wishes);
  const [, theirs] = wishes as readonly [Retiering, Retiering];
  await deployment.crm.edit(theirs.id, { notes: 'Called, they are about to sign.\n', tier: 'A' });
  const after = await last(deployment);
  await reviewer.must(batch, 'apply');
  const ended = await reviewer.settled(batch, 'applied', 'paused');
  if (ended.state === 'paused') {
    await reviewer.must(batch, 'resume');
    await reviewer.settled(batch, 'applied');
  }
  expect(states(await reviewer.changes(batch))).toEqual(['done', 'conflict', 'done']);
  expect((await deployment.crm.applied(after)).map(({ account }) => account)).not.toContain(theirs.id);
  expect(await deployment.crm.account(theirs.id)).toMatchObject({ tier: 'A' });
});

it('two people who mark and apply at once are one mark and one applying', async () => {
  const { deployment, agent, reviewer } = scene;
  const other = reviewerAt(await deployment.person(boss, ['administrator', 'approver']));
  const wishes = scene.wishes(5);
  const heard = [];
  for (const wish of wishes) heard.push(await call(agent, 'set_tier', { ...wish }));
  const batch = String(heard[0]?.decision?.['batch']);
  await call(agent, 'trapkey_batch_submit', { batch });
  const [drawn] = await reviewer.changes(batch, 'sample');
  const marks = await Promise.all([reviewer, other, reviewer, other].map((who) => who.act(batch, 'mark', { n: drawn?.n, mark: 'right' })));
  expect(marks.filter(({ status }) => status < 300)).toHaveLength(1);
  const after = await last(deployment);
  const applies = await Promise.all([reviewer, other, reviewer, other].map((who) => who.act(batch, 'apply')));
  expect(applies.filter(({ status }) => status < 300)).toHaveLength(1);
  await reviewer.settled(batch, 'applied');
  expect((await deployment.crm.applied(after)).map(({ account }) => account).toSorted()).toEqual(wishes.map(({ id }) => id).toSorted());
});

it('a stop half-way: nothing more goes out, and after the release it goes on where it was', async () => {
  const { deployment, agent, reviewer } = scene;
  const { crm } = deployment;
  const wishes = scene.wishes(14);
  const batch = await readyBatch(agent, reviewer, wishes);
  const after = await last(deployment);
  await crm.behave({ faults: [{ does: 'hold_before', tool: 'set_tier', id: (wishes[6] as Retiering).id, times: 1 }] });
  await reviewer.must(batch, 'apply');
  await until('it is half-way', async () => (await crm.held()).length === 1);
  const root = sending(await deployment.person(boss, ['administrator', 'approver']));
  const stopped = await root('/api/stops', { scope: 'connector:crm-act', mode: 'freeze', reason: 'odd tiers' });
  expect(stopped.status, stopped.text).toBe(200);
  const paused = await reviewer.settled(batch, 'paused');
  expect(paused.paused_for).toMatch(/stop/i);
  await crm.recover();
  await until('nothing is held', async () => (await crm.held()).length === 0);
  const made = await crm.applied(after);
  expect((await reviewer.act(batch, 'resume')).status).toBeGreaterThanOrEqual(400);
  expect(await crm.applied(after)).toEqual(made);
  const { id: stop } = JSON.parse(stopped.text) as { readonly id: string };
  const released = await root(`/api/stops/${stop}/release`, { reason: 'all is well' });
  expect(released.status, released.text).toBe(200);
  await reviewer.must(batch, 'resume');
  await reviewer.settled(batch, 'applied');
  const reckoned = reckon(await reviewer.changes(batch), await crm.log(after));
  expect(reckoned).toMatchObject({ lost: [], twice: [], done: 14 });
});

it.each(['hold_after', 'error_after', 'cut_after', 'status_500_after', 'error', 'cut_before', 'status_500_before'] as const)(
  'a connector that says %s to one of twelve: each is made once or not at all, and Trapkey knows which',
  async (does) => {
    const { deployment, agent, reviewer } = scene;
    const { crm } = deployment;
    const wishes = scene.wishes(12);
    const batch = await readyBatch(agent, reviewer, wishes);
    const after = await last(deployment);
    const account = (wishes[4] as Retiering).id;
    await crm.behave({ faults: [{ does, tool: 'set_tier', id: account, times: 1 }] });
    onTestFinished(() => crm.recover());
    await reviewer.must(batch, 'apply');
    const ended = await reviewer.settled(batch, 'applied', 'paused');
    if (ended.state === 'paused') {
      expect(ended.paused_for).not.toBe('');
      await reviewer.must(batch, 'resume');
      await reviewer.settled(batch, 'applied');
    }
    const changes = await reviewer.changes(batch);
    expect(reckon(changes, await crm.log(after))).toMatchObject({ lost: [], twice: [], unknown: 0, done: does === 'error' ? 11 : 12 });
    expect(changes[4]?.state).toBe(does === 'error' ? 'failed' : 'done');
  },
);

it('reads again what was lost on the way, both ways, waits while nothing comes, and gives up only on what answers that it cannot be read', async () => {
  const { deployment, agent, reviewer } = scene;
  const { crm } = deployment;
  const wishes = scene.wishes(6);
  const [lost, away, dark] = [2, 3, 4].map((at) => String(wishes[at]?.id)) as [string, string, string];
  const once = (id: string): Fault => ({ does: 'cut_before', tool: 'get_account', id, times: 1 });
  const outage = (id: string): Fault => ({ does: 'cut_before', tool: 'get_account', id });
  const unreadable: Fault = { does: 'error', tool: 'get_account', id: dark };
  const batch = await readyBatch(agent, reviewer, wishes);
  const after = await last(deployment);
  await crm.behave({ faults: [once(lost), outage(away), unreadable] });
  onTestFinished(() => crm.recover());
  await reviewer.must(batch, 'apply');
  let paused = await reviewer.settled(batch, 'paused');
  // One that cannot be read is an error of its step; it may be there first.
  while (!paused.paused_for?.includes('nothing came back')) {
    await reviewer.must(batch, 'resume');
    paused = await reviewer.settled(batch, 'paused');
  }
  expect((await reviewer.changes(batch))[3]).toMatchObject({ state: 'staged', code: null });
  await crm.behave({ faults: [unreadable] });
  await until('all of it has ended', applying({ reviewer, batch }).ended);
  const changes = await reviewer.changes(batch);
  expect(changes.map(({ args, state }) => [(args as unknown as Retiering).id, state])).toEqual(
    wishes.map(({ id }) => [id, id === dark ? 'refused' : 'done']),
  );
  expect(changes[4]?.code).toBe('probe_failed');
  expect(await crm.applied(after)).toHaveLength(5);

  await crm.recover();
  const operator = undoerAt(await deployment.person(boss));
  const undo = await operator.ask({ kind: 'batch', id: batch }, 'Not like this');
  await operator.settled(undo, 'looked');
  await crm.behave({ faults: [once(lost), outage(away)] });
  await operator.must(undo, 'start');
  expect((await operator.settled(undo, 'paused')).says).toContain('cannot be read');
  await crm.recover();
  await operator.must(undo, 'resume');
  expect((await operator.settled(undo, 'undone', 'paused')).counts).toEqual({ undone: 5 });
});

it('an outage while what was sent is looked at: it is not guessed, both ways; it is looked at again by itself when the CRM is back', async () => {
  const { deployment, agent, reviewer } = scene;
  const { crm } = deployment;
  const wishes = scene.wishes(3);
  const { id } = wishes[1] as Retiering;
  const batch = await readyBatch(agent, reviewer, wishes);
  const after = await last(deployment);
  onTestFinished(() => crm.recover());
  /** It is made and the answer does not come, and from then on the record cannot be read. */
  const goesDark = async () => {
    await until('it is made and nobody was told', async () => (await crm.held()).length === 1);
    await crm.behave({ faults: [{ does: 'cut_before', tool: 'get_account', id }] });
  };
  const held: Fault = { does: 'hold_after', tool: 'set_tier', id, times: 1 };
  await crm.behave({ faults: [held] });
  await reviewer.must(batch, 'apply');
  await goesDark();
  expect((await reviewer.settled(batch, 'paused')).paused_for).toContain('nothing came back');
  expect((await reviewer.changes(batch))[1]?.state).toBe('running');
  await crm.recover();
  await until('it is known', async () => (await reviewer.changes(batch))[1]?.state === 'done');
  expect((await reviewer.detail(batch)).batch.state).toBe('paused');
  await until('all of it has ended', applying({ reviewer, batch }).ended);
  expect(reckon(await reviewer.changes(batch), await crm.log(after))).toMatchObject({ lost: [], twice: [], unknown: 0, done: 3 });

  const operator = undoerAt(await deployment.person(boss));
  const undo = await operator.ask({ kind: 'batch', id: batch }, 'Not like this');
  await operator.settled(undo, 'looked');
  await crm.behave({ faults: [held] });
  await operator.must(undo, 'start');
  await goesDark();
  expect((await operator.settled(undo, 'paused')).says).toContain('nothing came back');
  await crm.recover();
  await operator.must(undo, 'resume');
  expect((await operator.settled(undo, 'undone')).counts).toEqual({ undone: 3 });
});

it('an undo never overwrites what it could not read: neither in an outage, nor where somebody put it there since', async () => {
  const { deployment, agent, reviewer } = scene;
  const { crm } = deployment;
  const [wish] = scene.wishes(1) as [Retiering];
  const batch = await readyBatch(agent, reviewer, [wish]);
  // What it left is lost: the second read.
  await crm.behave({ faults: [{ does: 'cut_before', tool: 'get_account', id: wish.id, nth: 2 }] });
  onTestFinished(() => crm.recover());
  await reviewer.must(batch, 'apply');
  await reviewer.settled(batch, 'applied');
  const operator = undoerAt(await deployment.person(boss));
  const looked = async () => {
    const undo = await operator.ask({ kind: 'batch', id: batch }, 'Not like this');
    await operator.settled(undo, 'looked');
    return { undo, item: (await operator.items(undo))[0] };
  };
  await crm.behave({ faults: [{ does: 'cut_before', tool: 'get_account', id: wish.id }] });
  expect((await looked()).item?.state).toBe('unclear');
  await crm.behave({ faults: [{ does: 'error', tool: 'get_account', id: wish.id }] });
  const { undo, item } = await looked();
  expect(item?.state).toBe('possible');
  await crm.recover();
  const theirs = (['A', 'B', 'C'] as const).find((tier) => tier !== wish.tier) ?? 'A';
  await crm.edit(wish.id, { tier: theirs, notes: 'They signed.\n' });
  const after = await last(deployment);
  await operator.must(undo, 'start');
  await operator.settled(undo, 'undone', 'paused');
  expect((await operator.items(undo))[0]).toMatchObject({ state: 'conflict', code: 'changed_since' });
  expect(await crm.applied(after)).toEqual([]);
});

it('an undo that is stopped and ended with a change on its way reads that back all the same, and frees what it left', async () => {
  const { deployment, agent, reviewer } = scene;
  const { crm } = deployment;
  const wishes = scene.wishes(2);
  const batch = await readyBatch(agent, reviewer, wishes);
  await reviewer.must(batch, 'apply');
  await reviewer.settled(batch, 'applied');
  const admin = await deployment.person(boss);
  const operator = undoerAt(admin);
  const looked = async () => {
    const undo = await operator.ask({ kind: 'batch', id: batch }, 'Not like this');
    return { undo, counts: (await operator.settled(undo, 'looked')).counts };
  };
  const { undo } = await looked();
  await crm.behave({ faults: [{ does: 'hold_before', tool: 'set_tier', times: 1 }] });
  onTestFinished(() => crm.recover());
  await operator.must(undo, 'start');
  await until('it is on its way', async () => (await crm.held()).length === 1);
  const root = sending(admin);
  const stopped = await root('/api/stops', { scope: 'credential:crm', mode: 'full', reason: 'odd' });
  const { id: stop } = JSON.parse(stopped.text) as { readonly id: string };
  expect((await operator.settled(undo, 'paused')).says).toContain('a stop covers');
  expect((await operator.items(undo)).map(({ state }) => state)).toEqual(['running', 'possible']);
  await operator.must(undo, 'abort', { reason: 'Not now' });
  expect((await operator.items(undo)).map(({ state }) => state)).toEqual(['running', 'left']);
  await root(`/api/stops/${stop}/release`, { reason: 'looked into' });
  await crm.recover();
  await deployment.kill();
  await deployment.start();
  const first = async () => (await operator.items(undo).catch(() => []))[0];
  // It was sent under a key and is not there, which may be late: nobody sends it again by themselves.
  await until('it is read back', async () => (await first())?.state === 'unknown');
  expect((await looked()).counts).toEqual({ possible: 1, elsewhere: 1 });
  await operator.must(undo, 'settle', { n: 1, as: 'not_done', reason: 'It has the new tier' });
  const { undo: again, counts } = await looked();
  expect(counts).toEqual({ possible: 2 });
  await operator.must(again, 'start');
  expect((await operator.settled(again, 'undone', 'paused')).counts).toEqual({ undone: 2 });
});

it('an undo waits once whoever started it may not any more', async () => {
  const { deployment, agent, reviewer } = scene;
  const batch = await readyBatch(agent, reviewer, scene.wishes(1));
  await reviewer.must(batch, 'apply');
  await reviewer.settled(batch, 'applied');
  const operator = undoerAt(await deployment.person(nina, ['viewer']));
  const admin = await deployment.person(boss);
  const undo = await operator.ask({ kind: 'batch', id: batch }, 'Not like this');
  await operator.settled(undo, 'looked');
  const root = sending(admin);
  const stopped = await root('/api/stops', { scope: 'connector:crm-act', mode: 'freeze', reason: 'odd' });
  await operator.must(undo, 'start');
  await operator.settled(undo, 'paused');
  await deployment.publish(book);
  await until('she may not any more', async () => (await operator.act(undo, 'pause', { reason: 'x' })).status === 403);
  await root(`/api/stops/${(JSON.parse(stopped.text) as { readonly id: string }).id}/release`, { reason: 'looked into' });
  const after = await last(deployment);
  await undoerAt(admin).must(undo, 'resume');
  await until('it waits', async () => (await undoerAt(admin).view(undo)).says.includes('neither operator nor administrator any more'));
  expect(await deployment.crm.applied(after)).toEqual([]);
});

it('an error of which nothing can be read back is not known until a person looked, for a change and for its undo', async () => {
  const mode = { keys: false, readBack: false };
  const staged = await stageBatch({ kind: 'sqlite' }, mode, 3);
  const { deployment, reviewer, batch, changes } = staged;
  onTestFinished(() => deployment.close());
  const { crm } = deployment;
  const accounts = changes.map(({ args }) => (args as unknown as Retiering).id);
  await crm.behave({ ...modesOf(mode), faults: [{ does: 'error_after', tool: 'set_tier', id: String(accounts[1]), times: 1 }] });
  await reviewer.must(batch, 'apply');
  await until('all of it has ended', applying(staged).ended);
  expect(states(await reviewer.changes(batch))).toEqual(['done', 'unknown', 'done']);
  expect(reckon(await reviewer.changes(batch), await crm.log())).toMatchObject({ lost: [], twice: [], unknown_made: 1 });
  await reviewer.must(batch, 'settle', { n: 2, as: 'done', reason: 'Looked it up' });

  const operator = undoerAt(await deployment.person(boss));
  const undo = await operator.ask({ kind: 'batch', id: batch }, 'Not like this');
  await operator.settled(undo, 'looked');
  await crm.behave({ ...modesOf(mode), faults: [{ does: 'error_after', tool: 'set_tier', id: String(accounts[0]), times: 1 }] });
  await undoing(operator, undo).begin();
  await until('it has ended', undoing(operator, undo).ended);
  const [unknown] = (await operator.items(undo)).filter(({ state }) => state === 'unknown');
  expect(unknown).toBeDefined();
  const n = unknown?.n ?? 0;
  // What may have been taken back is not sent again by another undo.
  const meanwhile = await operator.ask({ kind: 'batch', id: batch }, 'Once more');
  expect((await operator.settled(meanwhile, 'looked')).counts['possible']).toBeUndefined();
  expect((await operator.act(undo, 'settle', { n, as: 'done', reason: '' })).status).toBe(400);
  expect((await undoerAt(reviewer.browser).act(undo, 'settle', { n, as: 'done', reason: 'I too' })).status).toBe(403);
  await operator.must(undo, 'settle', { n, as: 'done', reason: 'The account shows its old tier' });
  expect((await operator.act(undo, 'settle', { n, as: 'not_done', reason: 'No' })).status).toBe(409);
  const [told] = (await operator.items(undo)).filter((item) => item.n === n);
  expect(told).toMatchObject({ state: 'undone', says: 'A person looked: The account shows its old tier' });
  const again = await operator.ask({ kind: 'batch', id: batch }, 'Once more');
  expect((await operator.settled(again, 'looked')).counts['elsewhere']).toBe(2);
});

it('too many errors pause it, and nothing more goes out', async () => {
  const { deployment, agent, reviewer } = scene;
  const { crm } = deployment;
  const batch = await readyBatch(agent, reviewer, scene.wishes(20));
  const after = await last(deployment);
  await crm.behave({ faults: [{ does: 'error', tool: 'set_tier' }] });
  onTestFinished(() => crm.recover());
  await reviewer.must(batch, 'apply');
  const paused = await reviewer.settled(batch, 'paused');
  expect(paused.paused_for).toMatch(/error/i);
  const reached = (await crm.log(after)).filter(({ tool }) => tool === 'set_tier').length;
  expect(reached).toBe(1);
  await reviewer.must(batch, 'abort', { reason: 'The CRM is ill' });
  expect(await crm.applied(after)).toEqual([]);
  expect(new Set(states(await reviewer.changes(batch)))).toEqual(new Set(['failed', 'dropped']));
});

it('a CRM that dies in the middle of an answer and comes back', async () => {
  const { deployment, agent, reviewer } = scene;
  const { crm } = deployment;
  const wishes = scene.wishes(12);
  const batch = await readyBatch(agent, reviewer, wishes);
  const after = await last(deployment);
  await crm.behave({ faults: [{ does: 'exit_after', tool: 'set_tier', id: (wishes[5] as Retiering).id }] });
  await reviewer.must(batch, 'apply');
  await until('it is gone', () => !crm.alive());
  await crm.restart();
  await until('all of it has ended', applying({ reviewer, batch }).ended);
  const changes = await reviewer.changes(batch);
  const reckoned = reckon(changes, await crm.log(after));
  expect(reckoned).toMatchObject({ lost: [], twice: [] });
  expect(reckoned.done + reckoned.unknown + reckoned.not_done).toBe(12);
});

it('a definition that changed half-way: nothing of it runs until somebody looked', async () => {
  const { deployment, agent, reviewer, wishes } = await alone();
  const { crm } = deployment;
  const all = wishes(12);
  const batch = await readyBatch(agent, reviewer, all);
  const after = await last(deployment);
  await crm.behave({ faults: [{ does: 'hold_before', tool: 'get_account', id: (all[6] as Retiering).id, times: 1 }] });
  await reviewer.must(batch, 'apply');
  await until('it is half-way', async () => (await crm.held()).length === 1);
  await deployment.kill();
  await crm.behave({ keys: 'unknown', faults: [] });
  await deployment.start();
  const paused = await reviewer.settled(batch, 'paused');
  expect(paused.paused_for).toMatch(/definition/i);
  const made = await crm.applied(after);
  expect(made.length).toBeLessThan(12);
  expect(reckon(await reviewer.changes(batch), await crm.log(after))).toMatchObject({ lost: [], twice: [], done: made.length });
});

it('a policy that was tightened half-way refuses what it bars, and the undo of what it bars', async () => {
  const { deployment, agent, reviewer, wishes } = await alone();
  const { crm } = deployment;
  const all = wishes(12);
  const start = await crm.accounts();
  const batch = await readyBatch(agent, reviewer, all);
  const after = await last(deployment);
  const barred = (tier: string) => tier === (all[7] as Retiering).tier;
  // The first step is one change alone: whichever it is, no other is on its way while it is read.
  const first = (await reviewer.changes(batch)).find(({ n }) => n === 1)?.args as unknown as Retiering;
  await crm.behave({ faults: [{ does: 'hold_before', tool: 'get_account', id: first.id, times: 1 }] });
  await reviewer.must(batch, 'apply');
  await until('it is half-way', async () => (await crm.held()).length === 1);
  await deployment.kill();
  await crm.recover();
  await deployment.publish({ ...book, bars: (all[7] as Retiering).tier });
  await deployment.start();
  await until('all of it has ended', applying({ reviewer, batch }).ended);
  const changes = await reviewer.changes(batch);
  for (const { state, args } of changes) {
    const { id, tier } = args as unknown as Retiering;
    const made = (await crm.applied(after)).filter(({ account }) => account === id).length;
    expect(state === 'done' ? made : 1 - made, id).toBe(1);
    if (state !== 'done') expect(barred(tier), id).toBe(true);
  }
  expect(states(changes)).toContain('refused');
  const operator = undoerAt(await deployment.person(boss));
  const undo = await operator.ask({ kind: 'batch', id: batch }, 'Not like this');
  await operator.settled(undo, 'looked');
  await operator.must(undo, 'start');
  await operator.settled(undo, 'undone');
  expect(new Set((await operator.items(undo)).map(({ state }) => state))).toEqual(new Set(['undone', 'barred']));
  const left = (await crm.accounts()).filter((one) => one.tier !== start.find(({ id }) => id === one.id)?.tier);
  for (const one of left) expect(barred(start.find(({ id }) => id === one.id)?.tier ?? '')).toBe(true);
});

it('a before tool that is missing or fails: nothing is staged, and nothing is sent', async () => {
  const { deployment, agent, wishes } = await alone();
  const { crm } = deployment;
  const [one] = wishes(1) as [Retiering];
  await crm.behave({ read_back: 'fails' });
  const failed = await call(agent, 'set_tier', { ...one });
  expect(failed).toMatchObject({ isError: true, decision: { code: 'probe_failed' } });
  expect(await crm.applied()).toEqual([]);
  await crm.behave({ read_back: 'missing' });
  const missing = await call(agent, 'set_tier', { ...one });
  expect(missing.isError).toBe(true);
  expect(missing.decision?.['code']).not.toBe('staged');
  expect(await crm.applied()).toEqual([]);
});
