import type { Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import { firstEntrySince } from '../../storage/first-entry.ts';
import type { ToolUsesTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { chunks } from './store.ts';

export type ToolUse = ToolUsesTable;

/** What is added to a run. */
export interface RunCount {
  readonly run: string;
  readonly calls: number;
  readonly refused: number;
  readonly held: number;
  readonly lastAtMs: number;
  /** The highest tier: 1 low, 2 medium, 3 high; 0 where none is known. */
  readonly tier: number;
}

/** Writes which call a client's tool use became; the first stays. */
export async function writeToolUses(tx: Tx, rows: readonly ToolUse[]): Promise<void> {
  for (const some of chunks(rows)) {
    await kyselyOf(tx)
      .insertInto('tool_uses')
      .values(some)
      .onConflict((conflict) => conflict.columns(['person', 'tool_use']).doNothing())
      .execute();
  }
}

/** Adds to the counts of runs, a statement for all of them. A run that was never written is passed over. */
export async function addCounts(tx: Tx, counts: readonly RunCount[]): Promise<void> {
  const db = kyselyOf(tx);
  for (const some of chunks(counts)) {
    const known = await db
      .selectFrom('runs')
      .selectAll()
      .where(
        'id',
        'in',
        some.map(({ run }) => run),
      )
      .execute();
    const byRun = new Map(some.map((count) => [count.run, count]));
    const rows = known.map((row) => {
      const { calls = 0, refused = 0, held = 0, lastAtMs = 0, tier = 0 } = byRun.get(row.id) ?? {};
      return {
        ...row,
        calls: (row.calls ?? 0) + calls,
        refused: (row.refused ?? 0) + refused,
        held: (row.held ?? 0) + held,
        last_at_ms: Math.max(row.last_at_ms ?? 0, lastAtMs),
        tier: Math.max(Number(row.tier ?? 0), tier),
      };
    });
    if (rows.length === 0) continue;
    await db
      .insertInto('runs')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet(({ ref }) => ({
          calls: ref('excluded.calls'),
          refused: ref('excluded.refused'),
          held: ref('excluded.held'),
          last_at_ms: ref('excluded.last_at_ms'),
          tier: ref('excluded.tier'),
        })),
      )
      .execute();
  }
}

/** How far the moment of an entry may be behind that of one before it. */
const unorderedMs = 10 * 60_000;

/** Which of these tool uses the record knows, looked up entry by entry of the time around them: for what a crash lost. */
export async function usesInLedger(
  database: Pick<Database, 'read'>,
  rows: readonly { readonly tool_use: string; readonly at_ms: number }[],
  windowMs: number,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const [first, last] = [Math.min(...rows.map((row) => row.at_ms)), Math.max(...rows.map((row) => row.at_ms))];
  // Found by halving: moments are in the order of the entries but for what waited to be written.
  const [from, to] = [
    await firstEntrySince(database.read, first - windowMs - unorderedMs),
    await firstEntrySince(database.read, last + windowMs + unorderedMs),
  ];
  const entries = database.read
    .selectFrom('ledger')
    .select('bytes')
    .where('entry', '>=', from)
    .where('entry', '<', to)
    .where('kind', '=', 'decided')
    .where('at_ms', '>=', first - windowMs)
    .where('at_ms', '<=', last + windowMs)
    .where('bytes', 'like', '%"tool_use":"%')
    .limit(100_000);
  const wanted = new Set(rows.map((row) => row.tool_use));
  for (const { bytes } of await entries.execute()) {
    const use: unknown = JSON.parse(bytes).tool_use;
    if (typeof use === 'string' && wanted.has(use)) found.add(use);
  }
  return found;
}
