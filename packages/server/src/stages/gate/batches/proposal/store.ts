import { sql } from 'kysely';
import type { Tx } from '../../../../kernel/recorder.ts';
import type { Database } from '../../../../storage/database.ts';
import type { BatchChangesTable, BatchesTable } from '../../../../storage/tables.ts';
import { kyselyOf } from '../../../../storage/tx.ts';

/** What of the database batches need. */
export type BatchDatabase = Pick<Database, 'read'>;

/** A batch as stored. */
export type BatchRow = Readonly<BatchesTable>;

/** A change as stored. */
export type ChangeRow = Readonly<BatchChangesTable>;

/** What a move of a batch may change. */
export type BatchMove = Partial<BatchRow>;

/** What is read of a change to propose it. */
export type StagedRow = Pick<
  ChangeRow,
  'n' | 'digest' | 'connector' | 'tool' | 'effect' | 'reach' | 'destination' | 'lists' | 'target' | 'arguments' | 'before_sealed'
>;

/** States in which a batch may still change what others look at. */
export const unended = ['open', 'proposed', 'returned', 'ready', 'applying', 'paused'] as const;

const statementMax = 400;

/** One batch. */
export async function batchById({ read }: BatchDatabase, id: string): Promise<BatchRow | undefined> {
  return await read.selectFrom('batches').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Those that wait for a person since before a moment, all or only where nobody was reminded, in the order of their ids, after one. */
export async function waitingBatches(
  { read }: BatchDatabase,
  {
    beforeMs,
    reminded,
    after,
    max,
  }: { readonly beforeMs: number; readonly reminded: boolean; readonly after: string; readonly max: number },
): Promise<readonly BatchRow[]> {
  return await read
    .selectFrom('batches')
    .selectAll()
    .where('state', 'in', ['proposed', 'returned', 'ready'])
    .where('submitted_at_ms', '<', beforeMs)
    .where('id', '>', after)
    .$if(!reminded, (query) => query.where('reminded_at_ms', 'is', null))
    .orderBy('id')
    .limit(max)
    .execute();
}

/** Staged changes in the order of their numbers, after one. */
export async function stagedAfter({ read }: BatchDatabase, batch: string, n: number, max: number): Promise<readonly StagedRow[]> {
  return await read
    .selectFrom('batch_changes')
    .select(['n', 'digest', 'connector', 'tool', 'effect', 'reach', 'destination', 'lists', 'target', 'arguments', 'before_sealed'])
    .where('batch', '=', batch)
    .where('state', '=', 'staged')
    .where('n', '>', n)
    .orderBy('n')
    .limit(max)
    .execute();
}

/** Moves a batch on when nobody changed it since it was read; gives it as it is now. */
export async function moveBatch(tx: Tx, from: BatchRow, to: BatchMove): Promise<BatchRow | undefined> {
  return await kyselyOf(tx)
    .updateTable('batches')
    .set({ ...to, changed: from.changed + 1 })
    .where('id', '=', from.id)
    .where('state', '=', from.state)
    .where('changed', '=', from.changed)
    .where('changes', '=', from.changes)
    .returningAll()
    .executeTakeFirst();
}

/** Notes which changes were drawn, in the order of the draw, and which are shown besides. */
export async function setSample(
  tx: Tx,
  batch: string,
  drawn: readonly number[],
  extra: readonly { readonly n: number; readonly because: string }[],
): Promise<void> {
  const place = (n: number, at: number) => sql`when ${n} then ${sql.lit(at + 1)}`;
  for (let from = 0; from < drawn.length; from += statementMax) {
    const some = drawn.slice(from, from + statementMax);
    const places = sql.join(
      some.map((n, at) => place(n, from + at)),
      sql` `,
    );
    await kyselyOf(tx)
      .updateTable('batch_changes')
      .set({ drawn: sql<number>`case n ${places} end` })
      .where('batch', '=', batch)
      .where('n', 'in', some)
      .execute();
  }
  for (const [because, shown] of Map.groupBy(extra, (one) => one.because))
    for (let from = 0; from < shown.length; from += statementMax)
      await kyselyOf(tx)
        .updateTable('batch_changes')
        .set({ extra: because })
        .where('batch', '=', batch)
        .where(
          'n',
          'in',
          shown.slice(from, from + statementMax).map(({ n }) => n),
        )
        .execute();
}
