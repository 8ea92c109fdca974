import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../packages/server/src/storage/database.ts';
import type { SalesBook } from '../support/batch-policy.ts';
import type { FaultKind } from '../support/crm/modes.ts';
import { until } from '../support/e2e.ts';
import { ann, dave } from '../support/e2e-policy.ts';
import { type Retiering, retierings } from './agent.ts';
import { type Deployment, openDeployment, type Where } from './deployment.ts';
import { reckon } from './ledger.ts';
import { type Reviewer, readyBatch, reviewerAt } from './people.ts';
import { entriesIn } from './record.ts';

/** No key and no idempotent tool: what is not known can only be read back. */
const book: SalesBook = { stage: '{ over: 0 per run, sample: 1 }', callTimeout: '1s', keys: false };
const settings: readonly { readonly name: string; readonly where: () => Where; readonly faults: readonly FaultKind[] }[] = [
  {
    name: 'SQLite',
    where: () => ({ kind: 'sqlite' }),
    faults: ['late', 'hold_after', 'hold_before', 'error_after', 'cut_after', 'cut_before'],
  },
  { name: 'PostgreSQL', where: () => ({ kind: 'postgres', url: inject('postgresUrl') }), faults: ['late', 'hold_before'] },
];

describe.each(settings)('applying a batch on $name, through a CRM that knows no keys', ({ where, faults }) => {
  let deployment: Deployment;
  let agent: Client;
  let reviewer: Reviewer;
  let wishes: readonly Retiering[];
  let database: Database;
  beforeAll(async () => {
    deployment = await openDeployment({ where: where(), book, crm: { accounts: 1_000 } });
    await deployment.crm.behave({ keys: 'unknown' });
    await deployment.start();
    agent = await deployment.agent('crm-act');
    reviewer = reviewerAt(await deployment.person(dave));
    wishes = retierings(await deployment.crm.accounts(), 120);
    database = await openDatabase(deployment.config.database);
  });
  afterAll(async () => {
    await database?.close();
    await deployment?.close();
  });

  const take = (count: number): readonly Retiering[] => {
    const mine = wishes.slice(0, count);
    wishes = wishes.slice(count);
    return mine;
  };
  const last = async () => (await deployment.crm.log()).at(-1)?.seq ?? 0;
  const ready = async (count: number) => {
    const mine = take(count);
    return { mine, batch: await readyBatch(agent, reviewer, mine), after: await last() };
  };
  // Looked up where it is kept: whoever asks the API so often is told to wait.
  const statesOf = async (batch: string) =>
    (await database.read.selectFrom('batch_changes').select('state').where('batch', '=', batch).orderBy('n').execute()).map(
      ({ state }) => state,
    );
  const settled = async (batch: string, ...states: readonly string[]) => {
    await until(
      `${batch} is ${states.join(' or ')}`,
      async () =>
        states.includes(
          (await database.read.selectFrom('batches').select('state').where('id', '=', batch).executeTakeFirst())?.state ?? '',
        ),
      () => deployment.said(),
    );
    return (await reviewer.detail(batch)).batch;
  };
  const behave = async (...faults: Parameters<Deployment['crm']['behave']>[0]['faults'] & readonly unknown[]) => {
    onTestFinished(() => deployment.crm.behave({ faults: [] }));
    await deployment.crm.behave({ faults });
  };

  it('goes to 1, to 10 and on, each change once, and each step and each change is in the record', async () => {
    const { mine, batch, after } = await ready(14);
    await reviewer.must(batch, 'apply');
    const ended = await settled(batch, 'applied');
    expect(ended).toMatchObject({
      applied_by: dave,
      progress: { step: 5, target: 14, done: 14, failed: 0, conflicts: 0, refused: 0, unknown: 0 },
    });
    const made = (await deployment.crm.applied(after)).map(({ account }) => account);
    expect(made.toSorted()).toEqual(mine.map(({ id }) => id).toSorted());
    expect(made[0]).toBe(mine[0]?.id);
    const about = await entriesIn(deployment.config, `"${batch}"`);
    const acts = about.filter(({ kind, subject }) => kind === 'admin' && subject === batch).map(({ action }) => action);
    expect(acts.filter((action) => action === 'batch.step')).toHaveLength(4);
    expect(acts.slice(-6)).toEqual(['batch.applying', 'batch.step', 'batch.step', 'batch.step', 'batch.step', 'batch.applied']);
    const executed = about.filter(({ kind }) => kind === 'executed');
    expect(executed).toHaveLength(14);
    for (const { approval, code } of executed) expect({ approval, code }).toEqual({ approval: `batch:${batch}`, code: 'approved' });
  });

  it('is paused, resumed and aborted by people, never by who asked for it', async () => {
    const { mine, batch, after } = await ready(12);
    await behave({ does: 'hold_before', tool: 'set_tier', id: mine[4]?.id ?? '', times: 1 });
    const asking = reviewerAt(await deployment.person(ann));
    expect((await asking.act(batch, 'apply')).status).toBeGreaterThanOrEqual(400);
    await reviewer.must(batch, 'apply');
    await until('one is held', async () => (await deployment.crm.held()).length === 1);
    expect((await asking.act(batch, 'pause', { reason: 'mine' })).status).toBeGreaterThanOrEqual(400);
    await reviewer.must(batch, 'pause', { reason: 'Lunch' });
    expect((await reviewer.detail(batch)).batch).toMatchObject({ state: 'paused', paused_for: `${dave}: Lunch` });
    await until('what was on its way has ended', async () => !(await statesOf(batch)).includes('running'));
    const made = await deployment.crm.applied(after);
    expect(made.length).toBeLessThan(12);
    await reviewer.must(batch, 'resume');
    await settled(batch, 'applied');
    expect(reckon(await reviewer.changes(batch), await deployment.crm.log(after))).toMatchObject({ lost: [], twice: [], done: 12 });

    const other = await ready(12);
    await behave({ does: 'hold_before', tool: 'set_tier', id: other.mine[0]?.id ?? '', times: 1 });
    await reviewer.must(other.batch, 'apply');
    await until('one is held', async () => (await deployment.crm.held()).length === 1);
    await reviewer.must(other.batch, 'abort', { reason: 'Not these' });
    await deployment.crm.behave({ faults: [] });
    await deployment.crm.release();
    await until('what was on its way has ended', async () => !(await statesOf(other.batch)).includes('running'));
    expect((await reviewer.act(other.batch, 'resume')).status).toBeGreaterThanOrEqual(400);
    const reckoned = reckon(await reviewer.changes(other.batch), await deployment.crm.log(other.after));
    expect(reckoned).toMatchObject({ lost: [], twice: [], unknown: 0 });
    expect((await reviewer.changes(other.batch, 'dropped')).length).toBeGreaterThanOrEqual(11);
  });

  it.each(faults)('reads back what %s left open: made once, never twice', async (does) => {
    const { mine, batch, after } = await ready(4);
    await behave({ does, tool: 'set_tier', id: mine[2]?.id ?? '', times: 1 });
    await reviewer.must(batch, 'apply');
    await settled(batch, 'applied');
    expect(reckon(await reviewer.changes(batch), await deployment.crm.log(after))).toMatchObject({ lost: [], twice: [], done: 4 });
    const found = (await entriesIn(deployment.config, `"${batch}"`)).filter(({ action }) => action === 'batch.reconciled');
    expect(found.length).toBeGreaterThan(0);
  });

  it('asks a person where the record tells nothing, and goes no further with that record until they said', async () => {
    const { mine, batch, after } = await ready(3);
    const account = mine[1]?.id ?? '';
    await behave({ does: 'hold_after', tool: 'set_tier', id: account, times: 1 });
    await reviewer.must(batch, 'apply');
    await until('one is made, and nobody is told', async () => (await deployment.crm.held()).length === 1);
    // Somebody else changes it in the same moment: it is neither as before nor as the change would leave it.
    await deployment.crm.edit(account, { tier: mine[1]?.tier === 'A' ? 'B' : 'A', notes: 'Mine.' });
    const paused = await settled(batch, 'paused');
    expect(paused).toMatchObject({ progress: { unknown: 1 } });
    expect(paused.paused_for).toMatch(/unknown/);
    const [unknown] = await reviewer.changes(batch, 'unknown');
    expect((await reviewer.act(batch, 'settle', { n: 1, as: 'done', reason: 'I saw it' })).status).toBeGreaterThanOrEqual(400);
    await reviewer.must(batch, 'settle', { n: unknown?.n, as: 'done', reason: 'Its history shows both' });
    await reviewer.must(batch, 'resume');
    expect((await settled(batch, 'applied')).progress).toMatchObject({ done: 3, unknown: 0 });
    expect(reckon(await reviewer.changes(batch), await deployment.crm.log(after))).toMatchObject({ lost: [], twice: [], done: 3 });
    const said = (await entriesIn(deployment.config, `"${batch}"`)).findLast(({ action }) => action === 'batch.reconciled');
    expect(said).toMatchObject({ approval: `human:${dave}`, reason: 'Its history shows both' });
  });

  it('goes on after a kill -9 with a change on its way, and makes it once', async () => {
    const { mine, batch, after } = await ready(12);
    await behave(
      { does: 'hold_after', tool: 'set_tier', id: mine[5]?.id ?? '', times: 1 },
      { does: 'hold_before', tool: 'set_tier', id: mine[6]?.id ?? '', times: 1 },
    );
    await reviewer.must(batch, 'apply');
    await until('two are on their way', async () => (await deployment.crm.held()).length === 2);
    await deployment.kill();
    await deployment.start();
    await settled(batch, 'applied');
    expect(reckon(await reviewer.changes(batch), await deployment.crm.log(after))).toMatchObject({ lost: [], twice: [], done: 12 });
  });
});
