import { type Kysely, sql } from 'kysely';
import type { Tx } from '../../../kernel/recorder.ts';
import type { Database } from '../../../storage/database.ts';
import type { BatchChangesTable, BatchesTable, MadeChangesTable, Tables } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';

/** What of the database staging needs. */
export type StagingDatabase = Pick<Database, 'read' | 'kind'>;

/** A batch as stored. */
export type BatchRow = Readonly<BatchesTable>;

/** A change as stored. */
export type ChangeRow = Readonly<BatchChangesTable>;

/** How much of a kind was counted under any of these keys. */
export async function readCount({ read }: StagingDatabase, keys: readonly string[]): Promise<number> {
  return await countIn(read, keys);
}

/** Counts so much more, and gives how much there is now. */
export async function addCount(
  tx: Tx,
  {
    key,
    keys,
    weight,
    untilMs,
  }: { readonly key: string; readonly keys: readonly string[]; readonly weight: number; readonly untilMs: number },
): Promise<number> {
  const db = kyselyOf(tx);
  await db
    .insertInto('stage_counts')
    .values({ key, count: weight, until_ms: untilMs })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ count: sql<number>`stage_counts.count + ${weight}`, until_ms: untilMs }))
    .execute();
  return await countIn(db, keys);
}

async function countIn(db: Kysely<Tables>, keys: readonly string[]): Promise<number> {
  const row = await db
    .selectFrom('stage_counts')
    .select((eb) => eb.fn.sum<number>('count').as('count'))
    .where('key', 'in', keys)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** Clears away counters whose time is over. */
export async function forgetCounts(tx: Tx, nowMs: number): Promise<void> {
  await kyselyOf(tx).deleteFrom('stage_counts').where('until_ms', '<', nowMs).execute();
}

/** The open batch of a run, in the record's transaction, which holds the tree's lock: nobody else opens or closes one meanwhile. */
export async function openBatchIn(tx: Tx, runKey: string): Promise<OpenBatch | undefined> {
  return await openIn(kyselyOf(tx), runKey);
}

/** What staging looks at of an open batch. */
export type OpenBatch = Pick<BatchesTable, 'id' | 'changes' | 'needs' | 'rule' | 'lasting' | 'high' | 'sample' | 'ticket_over' | 'level'>;

async function openIn(db: Kysely<Tables>, runKey: string): Promise<OpenBatch | undefined> {
  return await db
    .selectFrom('batches')
    .select(['id', 'changes', 'needs', 'rule', 'lasting', 'high', 'sample', 'ticket_over', 'level'])
    .where('run_key', '=', runKey)
    .where('state', '=', 'open')
    .executeTakeFirst();
}

/** Writes a new batch. */
export async function insertBatch(tx: Tx, row: Readonly<BatchesTable>): Promise<void> {
  await kyselyOf(tx).insertInto('batches').values(row).execute();
}

/** Notes of an open batch how much it holds now, and what it asks for. */
export async function growBatch(
  tx: Tx,
  id: string,
  by: { readonly changes: number; readonly reach: number },
  to: Partial<BatchesTable>,
): Promise<void> {
  await kyselyOf(tx)
    .updateTable('batches')
    .set({ ...to, changes: sql<number>`changes + ${by.changes}`, reach: sql<number>`reach + ${by.reach}` })
    .where('id', '=', id)
    .execute();
}

/** A made change, or what of it is kept. */
export type MadeRow = Readonly<MadeChangesTable>;

/** Keeps a change that was made. */
export async function insertMade(tx: Tx, row: MadeRow): Promise<void> {
  await kyselyOf(tx)
    .insertInto('made_changes')
    .values(row)
    .onConflict((conflict) => conflict.column('call').doUpdateSet({ state: row.state, at_ms: row.at_ms, result: row.result }))
    .execute();
}

/** Keeps what stands there after a change. */
export async function setAfter(tx: Tx, call: string, after: { readonly sealed: string; readonly digest: string }): Promise<void> {
  await kyselyOf(tx)
    .updateTable('made_changes')
    .set({ after_sealed: after.sealed, after_image: after.digest })
    .where('call', '=', call)
    .execute();
}

/** A batch that is full stays open for its agent to submit, and another takes its place. */
export async function leaveBatch(tx: Tx, id: string): Promise<void> {
  await kyselyOf(tx).updateTable('batches').set({ run_key: sql<string>`run_key || ' ' || id` }).where('id', '=', id).execute();
}
