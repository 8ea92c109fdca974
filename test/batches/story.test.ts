import type { BatchChange } from '@trapkey/contract/api/batches.ts';
import { describe, expect, inject, it } from 'vitest';
import { type Account, rightTier } from '../support/crm/accounts.ts';
import { until } from '../support/e2e.ts';
import { call, type Heard } from '../support/e2e-client.ts';
import { boss, dave } from '../support/e2e-policy.ts';
import { batchIn, madeSince, type Retiering, retier, retierings, wrongly } from './agent.ts';
import { type Deployment, openDeploymentForTest, type Where } from './deployment.ts';
import { markBy, type Reviewer, reviewerAt } from './people.ts';
import { undoerAt } from './undoing.ts';

/** The whole story where TRAPKEY_STORY=whole, as it is told: 500 changes on each database. */
const whole = process.env['TRAPKEY_STORY'] === 'whole';
const settings: readonly { readonly where: () => Where; readonly changes: number }[] = [
  { where: () => ({ kind: 'sqlite' }), changes: 500 },
  { where: () => ({ kind: 'postgres', url: inject('postgresUrl') }), changes: whole ? 500 : 90 },
];
const free = 20;

describe.each(settings)('the sales book, $changes re-tierings', ({ where, changes: count }) => {
  it(`on ${where === settings[0]?.where ? 'SQLite' : 'PostgreSQL'}: staged, sampled, returned, corrected, applied through a crash, undone`, async () => {
    const deployment = await openDeploymentForTest({ where: where() });
    const { crm } = deployment;
    const [act, read] = [await deployment.agent('crm-act'), await deployment.agent('crm')];
    const reviewer = reviewerAt(await deployment.person(dave));
    const start = await crm.accounts();
    expect(start).toHaveLength(4_000);

    // The agent reads the book and wishes for what is right, but for three: the first and the last that are staged, and one between.
    const right = retierings(start, count);
    const wrongAt = [free, Math.floor(count / 2), count - 1];
    const wishes = right.map((wish, at) => (wrongAt.includes(at) ? wrongly(wish, start) : wish));
    const heard = await stageInOrder(act, wishes);
    expect(heard.slice(0, free).filter(({ isError }) => isError)).toEqual([]);
    expect(heard.slice(free).map(({ decision }) => decision?.['code'])).toEqual(Array(count - free).fill('staged'));
    const batch = batchIn(heard);

    // Nothing of it happened but the first twenty, and the agent is shown its own world all the same.
    const directly = await madeSince(crm);
    expect([...directly.keys()]).toEqual(wishes.slice(0, free).map(({ id }) => id));
    const some = wishes[free + 1] as Retiering;
    expect((await call(read, 'get_account', { id: some.id })).structured).toMatchObject({ id: some.id, tier: some.tier });
    expect((await crm.account(some.id))?.tier).not.toBe(some.tier);

    expect((await call(act, 'trapkey_batch_submit', { batch })).isError).toBe(false);
    const { batch: proposed, clean } = await reviewer.detail(batch);
    expect(proposed).toMatchObject({
      state: 'proposed',
      changes: count - free,
      reach: count - free,
      attempt: 1,
      sample: 10,
      lasting: false,
    });
    expect(clean).toMatchObject({ size: count - free, sampled: 10, wrong: 0, confidence: 0.95 });
    expect((await reviewer.changes(batch)).filter(({ state }) => state === 'applied_before')).toHaveLength(free);
    // Not before it is decided.
    expect((await reviewer.act(batch, 'apply')).status).toBe(409);

    // Whoever knows the book looks at what was drawn and at what is shown beside it, and one wrong returns the whole.
    const returned = await markBy(reviewer, batch, honest(start));
    expect(returned.state).toBe('returned');
    const marked = (await reviewer.changes(batch, 'wrong')).map(subjectOf);
    expect(marked).toEqual(expect.arrayContaining([wishes[free]?.id, wishes.at(-1)?.id]));
    const told = await call(act, 'trapkey_batch_status', { batch });
    expect(told.text).toContain('ought to be');
    expect((await madeSince(crm)).size).toBe(free);
    await reviewer.must(batch, 'refuse', { reason: 'Three tiers are wrong; send it again.' });

    // Corrected: all of it is looked at anew, harder than before.
    const again = await stageInOrder(act, right.slice(free));
    const second = batchIn(again);
    expect(second).not.toBe(batch);
    expect((await call(act, 'trapkey_batch_submit', { batch: second })).isError).toBe(false);
    expect((await reviewer.detail(second)).batch).toMatchObject({ attempt: 2, replaces: batch, inspection: 'tightened', sample: 20 });
    // What was wrong is looked at again: beside the draw, where it was not drawn.
    const shown = (await reviewer.changes(second, 'extra')).filter(({ shown_because }) => shown_because === 'wrong_before');
    const drawn = new Set((await reviewer.changes(second, 'sample')).map(subjectOf));
    expect(shown.map(subjectOf).toSorted()).toEqual(marked.filter((id) => !drawn.has(id)).toSorted());
    expect(await markBy(reviewer, second, honest(start))).toMatchObject({ state: 'ready', wrong: 0 });
    const { statement } = await reviewer.detail(second);
    expect(statement).toMatchObject({ size: count - free, sampled: 20, wrong: 0 });
    expect((await madeSince(crm)).size).toBe(free);

    // Applied, and in the middle of it the gateway is killed while a change was made and nobody was told.
    const middle = (right[Math.floor(count / 2)] as Retiering).id;
    await crm.behave({ faults: [{ does: 'hold_after', tool: 'set_tier', id: middle, times: 1 }] });
    await reviewer.must(second, 'apply');
    await until('the change in the middle is made', async () => (await crm.held()).length === 1);
    await deployment.kill();
    expect((await madeSince(crm)).size).toBeLessThan(count);
    await deployment.start();
    expect((await reviewer.settled(second, 'applied')).progress).toMatchObject({
      done: count - free,
      failed: 0,
      conflicts: 0,
      refused: 0,
      unknown: 0,
    });
    const made = await madeSince(crm);
    expect(new Set(made.keys())).toEqual(new Set(right.map(({ id }) => id)));
    for (const { id, tier } of right) expect(made.get(id), id).toMatchObject([{ id, tier }]);
    expect((await crm.accounts()).filter((one) => one.tier !== rightTier(one)).length).toBe(800 - count);

    await undoAll(
      deployment,
      reviewer,
      right.map(({ id }) => id),
      start,
      second,
    );
  });
});

it('an honest look at the draw alone: it cannot miss where too much is wrong, and where it misses it says what it ruled out', async () => {
  const book = { stage: '{ over: 0 per run, sample: 10 }' };
  const deployment = await openDeploymentForTest({ where: { kind: 'sqlite' }, book, crm: { accounts: 400 } });
  const agent = await deployment.agent('crm-act');
  const reviewer = reviewerAt(await deployment.person(dave));
  const accounts = await deployment.crm.accounts();
  const right = retierings(accounts, 80);
  const audited = async (wishes: readonly Retiering[], wrong: (at: number) => boolean) => {
    const batch = batchIn(
      await retier(
        agent,
        wishes.map((wish, at) => (wrong(at) ? wrongly(wish, accounts) : wish)),
        1,
      ),
    );
    await call(agent, 'trapkey_batch_submit', { batch });
    for (const change of await reviewer.changes(batch, 'sample')) {
      const note = honest(accounts)(change);
      await reviewer.must(batch, 'mark', {
        n: change.n,
        mark: note === undefined ? 'right' : 'wrong',
        ...(note !== undefined && { note }),
      });
    }
    return await reviewer.detail(batch);
  };
  // Of forty, nine are right: ten cannot all be among them.
  expect((await audited(right.slice(0, 40), (at) => at >= 9)).batch.state).toBe('returned');
  // One of forty is wrong: it is drawn or it is not, and a clean draw does not say that there is none.
  const { batch, statement } = await audited(right.slice(40), (at) => at === 20);
  if (batch.state === 'returned') expect(batch).toMatchObject({ wrong: 1 });
  else {
    expect(batch).toMatchObject({ state: 'ready', wrong: 0 });
    expect(statement?.ruled_out ?? 0).toBeGreaterThan(1);
  }
  expect(await deployment.crm.applied()).toEqual([]);
});

/** The first and the last of them alone, so that they are the first and the last of the batch; the others some at a time. */
async function stageInOrder(client: Parameters<typeof retier>[0], wishes: readonly Retiering[]): Promise<readonly Heard[]> {
  const head = await retier(client, wishes.slice(0, free + 1), 1);
  const middle = await retier(client, wishes.slice(free + 1, -1));
  return [...head, ...middle, ...(await retier(client, wishes.slice(-1), 1))];
}

/** What somebody says who looks an account up: which tier it ought to have, where it is another. */
function honest(accounts: readonly Account[]): (change: BatchChange) => string | undefined {
  const right = new Map(accounts.map((one) => [one.id, rightTier(one)]));
  return ({ args }) => {
    const { id, tier } = args as unknown as Retiering;
    return right.get(id) === tier ? undefined : `${id} ought to be ${right.get(id)}`;
  };
}

const subjectOf = ({ args }: BatchChange) => (args as unknown as Retiering).id;

/** The run is taken back, through a crash: the book is as it was at the start, each account touched once more. */
async function undoAll(deployment: Deployment, reviewer: Reviewer, ids: readonly string[], start: readonly Account[], batch: string) {
  const { crm } = deployment;
  const before = (await crm.log()).at(-1)?.seq ?? 0;
  const operator = undoerAt(await deployment.person(boss));
  const { run } = (await reviewer.detail(batch)).batch;
  const undo = await operator.ask({ kind: 'run', id: run }, 'The rule for tiers is wrong');
  const looked = await operator.settled(undo, 'looked');
  expect(looked.counts).toMatchObject({ possible: ids.length });
  expect((await madeSince(crm, before)).size).toBe(0);
  const middle = ids[Math.floor(ids.length / 3)] as string;
  await crm.behave({ faults: [{ does: 'hold_after', tool: 'set_tier', id: middle, times: 1 }] });
  await operator.must(undo, 'start');
  await until('the undo of one in the middle is made', async () => (await crm.held()).length === 1);
  await deployment.kill();
  await deployment.start();
  const undone = await operator.settled(undo, 'undone');
  expect(undone.counts).toEqual({ undone: ids.length });
  const takenBack = await madeSince(crm, before);
  expect(new Set(takenBack.keys())).toEqual(new Set(ids));
  for (const [id, made] of takenBack) expect(made, id).toHaveLength(1);
  expect(await crm.accounts()).toEqual(start);
}
