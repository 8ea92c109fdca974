import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../../../../../../test/support/databases.ts';
import { type OpenRecorder, openRecorder } from '../../../effects/record/effect.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import { numberPieces } from '../../../storage/migrations/052-piece-sums.ts';
import { kyselyOf } from '../../../storage/tx.ts';
import { goalLastsMs } from './goal.ts';
import { type GoalStore, goalStore } from './store.ts';

const keys = { master: Buffer.alloc(32, 1), names: Buffer.alloc(32, 2) };
const startMs = Date.UTC(2026, 5, 6, 12);

/** The same numbers every time, spread like random ones. */
const spread = (at: number, below: number): number => (Math.imul(at + 1, 0x9e3779b1) >>> 7) % below;

describe.each(databases)('pieces that ran without a ticket, on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let recorder: OpenRecorder;
  let store: GoalStore;
  beforeEach(async () => {
    at = await fresh();
    recorder = openRecorder({ database: at.database, keys });
    store = goalStore(at.database);
  });
  afterEach(async () => {
    await recorder.close();
    await at.drop();
  });
  const write = (steps: (tx: Tx) => Promise<void>) =>
    recorder.commit({ entries: [], steps: (tx) => steps(tx).then(() => ({ ok: true, quiet: true }) as const) });
  const rows = () => at.database.read.selectFrom('pieces').selectAll().orderBy('goal').orderBy('n').execute();

  /** One by one, as long as there are few enough to look at. */
  async function counted(goal: string, atMs: number) {
    const own = (await rows()).filter((row) => row.goal === goal && row.at_ms > atMs - goalLastsMs);
    return { pieces: own.length, reach: own.reduce((sum, { reach }) => sum + Number(reach ?? 0), 0) };
  }

  it('are counted by two of them as they would be one by one, whatever came late or was forgotten', async () => {
    const goals = ['a', 'b', 'c'];
    for (let batch = 0; batch < 12; batch++) {
      const nowMs = startMs + batch * goalLastsMs * 0.3;
      await write(async (tx) => {
        for (let i = 0; i < 20; i++) {
          const id = batch * 20 + i;
          const reach = spread(id, 5) === 0 ? null : spread(id * 3, 100);
          await store.add(tx, { call: `C${id}`, goal: goals[spread(id * 5, 3)] as string, at_ms: nowMs + spread(id, 60_000), reach });
        }
        // Again: a call is one piece, however often it is counted.
        await store.add(tx, { call: `C${batch * 20}`, goal: 'a', at_ms: nowMs, reach: 1_000 });
        if (batch % 4 === 3) await store.forget(tx, nowMs - goalLastsMs);
      });
      for (const goal of goals) expect(await store.earlier({ goal, atMs: nowMs + 60_000 })).toEqual(await counted(goal, nowMs + 60_000));
    }
    expect((await rows()).length).toBeLessThan(240);
    expect(await store.earlier({ goal: 'of nobody', atMs: startMs })).toEqual({ pieces: 0, reach: 0 });
  });

  it('before a ticket are those that were counted by then', async () => {
    const piece = (call: string, atMs: number, reach: number) => ({ call, goal: 'a', at_ms: atMs, reach });
    await write(async (tx) => {
      await store.add(tx, piece('C1', startMs, 1));
      await store.add(tx, piece('C2', startMs + 10, 20));
      await store.add(tx, piece('C3', startMs + 30, 300));
    });
    const ticket = { id: 'TK-1', created_at_ms: startMs + 20 };
    expect(await store.earlier({ goal: 'a', atMs: startMs + 40, ticket })).toEqual({ pieces: 2, reach: 21 });
  });

  it('before a ticket are all that came by then, also after a node whose clock is ahead counted one', async () => {
    await write(async (tx) => {
      await store.add(tx, { call: 'C0', goal: 'a', at_ms: startMs + 600_000, reach: 1 });
      for (let i = 1; i <= 50; i++) await store.add(tx, { call: `C${i}`, goal: 'a', at_ms: startMs + i, reach: 100 });
      await store.add(tx, { call: 'C51', goal: 'a', at_ms: startMs + 120_000, reach: 7 });
    });
    const ticket = { id: 'TK-1', created_at_ms: startMs + 60_000 };
    expect(await store.earlier({ goal: 'a', atMs: startMs + 60_000 })).toEqual({ pieces: 52, reach: 5_008 });
    expect(await store.earlier({ goal: 'a', atMs: startMs + 180_000, ticket })).toEqual({ pieces: 51, reach: 5_001 });
  });

  it('refuse a reach beyond what can be counted', async () => {
    await expect(
      write(async (tx) => {
        await store.add(tx, { call: 'C1', goal: 'a', at_ms: startMs, reach: Number.MAX_SAFE_INTEGER });
        await store.add(tx, { call: 'C2', goal: 'a', at_ms: startMs, reach: 1 });
      }),
    ).rejects.toThrow('more than can be counted');
  });

  it('of an older schema get their sums when it is brought up to date', async () => {
    await write(async (tx) => {
      for (let i = 0; i < 9; i++)
        await store.add(tx, { call: `C${i}`, goal: i % 2 ? 'a' : 'b', at_ms: startMs + i, reach: i === 4 ? null : i });
    });
    const before = await rows();
    await write(async (tx) => {
      await sql`update pieces set n = 0, total = 0`.execute(kyselyOf(tx));
      await sql.raw(numberPieces).execute(kyselyOf(tx));
    });
    expect(await rows()).toEqual(before);
  });
});
