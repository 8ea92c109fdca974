import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rootOfChanges } from '../../packages/server/src/stages/gate/batches/proposal/root.ts';
import { submitResting } from '../../packages/server/src/stages/gate/batches/proposal/worker.ts';
import { draw } from '../../packages/server/src/stages/gate/sampling/draw.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { dave } from '../support/e2e-policy.ts';
import { openShelf, type Shelf, shown, whose, wishesOf } from './shelf.ts';

const book = { stage: '{ over: 0 per run, sample: 10, ticket_over: 100000 }' };
/** As many as one batch may hold where this is told; setting them up is most of the time. */
const told = process.env['TRAPKEY_BATCH_CHANGES'];

describe.each(databases)('a proposal on $name', ({ name, fresh: open }) => {
  const many = Number(told ?? (name === 'sqlite' ? 10_000 : 1_500));
  /** What no database can make different is shown on one. */
  const once = it.skipIf(name === 'postgres');
  let fresh: FreshDatabase;
  let shelf: Shelf;
  beforeEach(async () => {
    fresh = await open();
    shelf = await openShelf(fresh, book);
  });
  afterEach(async () => {
    await shelf.close();
    await fresh.drop();
  });
  const submitted = async (batch: string) => {
    const seen = await shelf.agents.submit(batch, whose, 'agent');
    if (!seen) throw new Error('no such batch');
    return seen;
  };
  const reader = { person: dave, assurance: 'proved' as const };
  const rows = (batch: string) =>
    fresh.database.read.selectFrom('batch_changes').selectAll().where('batch', '=', batch).orderBy('n').execute();
  const row = (batch: string) => fresh.database.read.selectFrom('batches').selectAll().where('id', '=', batch).executeTakeFirstOrThrow();

  it('is drawn as anybody can do again from the record: the seed that was committed to, the root, the sorted changes', async () => {
    const batch = await shelf.stage(wishesOf(200));
    const committed = shelf.entries.find(({ action }) => action === 'batch.opened')?.detail?.replace('seed ', '');
    expect((await shelf.desk.show(batch, shown(shelf, dave))).draw).toEqual({ commitment: committed, seed: null, root: null });
    expect(await submitted(batch)).toMatchObject({
      state: 'proposed',
      changes: 200,
      reach: 200,
      sampled: 10,
      marked: 0,
      attempt: 1,
      notes: [],
    });
    const { draw: revealed } = await shelf.desk.show(batch, shown(shelf, dave));
    expect(
      `sha256:${createHash('sha256')
        .update(Buffer.from(revealed.seed ?? '', 'hex'))
        .digest('hex')}`,
    ).toBe(committed);
    const changes = await rows(batch);
    const all = changes.map(({ digest }) => digest);
    expect(revealed.root).toBe(rootOfChanges(all.toReversed()));
    const again = draw({ seed: Buffer.from(revealed.seed ?? '', 'hex'), root: revealed.root ?? '', digests: all, size: 10 });
    const sample = await shelf.desk.changes(batch, { which: 'sample', after: 0, max: 50 }, reader);
    expect(sample.map(({ n }) => n)).toEqual(again.map(({ index }) => changes[index]?.n));
    const entry = shelf.entries.find(({ action }) => action === 'batch.submitted');
    expect(entry?.detail).toContain(`seed ${revealed.seed}, root ${revealed.root}, 10 drawn of 200`);
    expect(shelf.told.map(({ event, asked, owner }) => [event, asked?.names, owner])).toEqual([
      ['batch.proposed', ['group:leads'], 'm.osei@corp.example'],
    ]);
  });

  it('tells what the whole would do, field by field, with lists, what is changed twice, and who else changes it', async () => {
    const other = await shelf.stage([{ id: '10003', tier: 'C', was: 'B', person: 'bob@corp.example' }]);
    const wishes = [...wishesOf(30), { id: '10001', tier: 'C', was: 'B' }, { id: '13999', tier: 'A', was: 'C' }];
    const batch = await shelf.stage(wishes);
    await submitted(batch);
    const { proposal } = await shelf.desk.show(batch, shown(shelf, dave));
    expect(proposal).toMatchObject({
      reach: { records: 32, people: 0, unknown: 0 },
      destinations: [{ value: 'inside', count: 32 }],
      unreadable: 0,
    });
    expect(proposal?.fields).toEqual([
      {
        ...{ tool: 'crm-act.set_tier', field: 'tier', rest: 0, kinds: 3 },
        values: [
          { from: 'B', to: 'A', count: 30 },
          { from: 'B', to: 'C', count: 1 },
          { from: 'C', to: 'A', count: 1 },
        ],
      },
    ]);
    expect(proposal?.lists).toEqual([{ list: 'flagged_accounts', changes: 1, examples: [32] }]);
    expect(proposal?.duplicates).toEqual({ records: 1, changes: 2, examples: [[2, 31]] });
    expect(proposal?.conflicts).toEqual([{ batch: other, state: 'open', person: 'bob@corp.example', records: 1, examples: [4] }]);
    const [flagged] = await shelf.desk.changes(batch, { which: 'all', after: 31, max: 5 }, reader);
    expect(flagged).toMatchObject({
      n: 32,
      lists: ['flagged_accounts'],
      diff: [{ field: 'tier', from: 'C', to: 'A' }],
      record: { id: '13999' },
    });
    expect(shelf.entries.at(-1)).toMatchObject({ action: 'payload.read', subject: batch, assurance: { on_behalf_of: 'proved' } });
  });

  once('shows all that is set where nothing tells what was there', async () => {
    const batch = await shelf.stage([{ id: '10001', tier: 'A' }]);
    await submitted(batch);
    const [change] = await shelf.desk.changes(batch, { which: 'all', after: 0, max: 5 }, reader);
    expect(change).toMatchObject({
      diff: [
        { field: 'id', to: '10001' },
        { field: 'tier', to: 'A' },
      ],
      record: {},
    });
  });

  it('closes over what is there: whoever adds to it or submits it at the same moment changes nothing of that', async () => {
    const batch = await shelf.stage(wishesOf(700));
    const [first, added, second] = await Promise.all([submitted(batch), shelf.stage(wishesOf(5, 700)), submitted(batch)]);
    expect([first.state, second.state]).toEqual(['proposed', 'proposed']);
    const closed = await row(batch);
    const inside = await rows(batch);
    expect(inside).toHaveLength(closed.changes);
    expect(closed.root).toBe(rootOfChanges(inside.map(({ digest }) => digest)));
    expect(added === batch).toBe(closed.changes === 705);
    expect(shelf.entries.filter(({ action, subject }) => action === 'batch.submitted' && subject === batch)).toHaveLength(1);
  });

  it('is submitted at the end of its run, and not while its agent still adds to it', async () => {
    const batch = await shelf.stage(wishesOf(3));
    shelf.clock.atMs += 20 * 60_000;
    await shelf.stage(wishesOf(1, 3));
    shelf.clock.atMs += 20 * 60_000;
    expect(await submitResting(shelf.parts)).toBe(0);
    shelf.clock.atMs += 11 * 60_000;
    expect(await submitResting(shelf.parts)).toBe(1);
    expect(await row(batch)).toMatchObject({ state: 'proposed', changes: 4 });
    expect(shelf.entries.find(({ action }) => action === 'batch.submitted')).toMatchObject({ actor: 'trapkey', subject: batch });
  });

  once("is its own agent's alone, and withdrawn without a trace of it upstream until it is drawn", async () => {
    const batch = await shelf.stage(wishesOf(3));
    const others = { ...whose, person: 'bob@corp.example' };
    expect([
      await shelf.agents.find(batch, others),
      await shelf.agents.submit(batch, others, 'x'),
      await shelf.agents.withdraw(batch, others, 'x'),
    ]).toEqual([undefined, undefined, undefined]);
    expect(await shelf.agents.list(others)).toEqual([]);
    expect(await shelf.agents.withdraw(batch, whose, 'agent')).toMatchObject({ state: 'withdrawn', ends: { dropped: 3 } });
    const next = await shelf.stage(wishesOf(3));
    expect(next).not.toBe(batch);
    expect(await submitted(next)).toMatchObject({ attempt: 1 });
    expect(await shelf.agents.withdraw(next, whose, 'agent')).toMatchObject({ state: 'returned', ends: { staged: 3 } });
    await expect(shelf.agents.withdraw(next, whose, 'agent')).rejects.toThrow('is returned and cannot be taken back');
    const third = await shelf.stage(wishesOf(40));
    expect(await submitted(third)).toMatchObject({ attempt: 2, sampled: 20 });
    expect(await row(third)).toMatchObject({ replaces: next, inspection: 'tightened' });
  });

  it(`holds ${many} changes: submitted in pages, drawn and read by page`, async () => {
    const batch = await shelf.stage(wishesOf(many));
    expect(await submitted(batch)).toMatchObject({ state: 'proposed', changes: many, sampled: 10 });
    const { proposal, clean } = await shelf.desk.show(batch, shown(shelf, dave));
    expect(proposal?.fields[0]).toMatchObject({ field: 'tier', values: [{ from: 'B', to: 'A', count: many }], kinds: 1 });
    expect(clean).toMatchObject({ size: many, sampled: 10 });
    const page = await shelf.desk.changes(batch, { which: 'all', after: many - 100, max: 100 }, reader);
    expect(page.map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, at) => many - 99 + at));
  }, 120_000);
});
