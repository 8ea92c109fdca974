import { sql } from 'kysely';
import type { BatchDatabase, BatchRow } from './store.ts';

const lotsMax = 200;
const returnedMax = 50;
const wrongMax = 5_000;

/** A batch of the same plugin that was submitted before, and whether anything of it was undone. */
export type EarlierBatch = Pick<BatchRow, 'id' | 'state' | 'submitted_at_ms' | 'tools' | 'wrong' | 'attempt' | 'reason'> & {
  readonly undone: number;
};

/** First submissions of a plugin, newest first. */
export async function firstSubmissions({ read }: BatchDatabase, plugin: string): Promise<readonly EarlierBatch[]> {
  return await read
    .selectFrom('batches')
    .select(['id', 'state', 'submitted_at_ms', 'tools', 'wrong', 'attempt', 'reason'])
    .select(
      sql<number>`case when exists (select 1 from made_changes where made_changes.batch = batches.id and made_changes.undone_by is not null) then 1 else 0 end`.as(
        'undone',
      ),
    )
    .where('plugin', '=', plugin)
    .where('attempt', '=', 1)
    .where('submitted_at_ms', 'is not', null)
    .orderBy('created_at_ms', 'desc')
    .limit(lotsMax)
    .execute();
}

/** A batch whose audit found something wrong, that was taken back after its draw, or that a person refused. */
export type ReturnedBatch = Pick<BatchRow, 'id' | 'attempt' | 'tools' | 'submitted_at_ms'> & { readonly answered: number };

/** Those of one person and plugin since a moment, newest first; `answered`: another came in its place already. */
export async function returnedSince(
  { read }: BatchDatabase,
  { person, plugin }: Pick<BatchRow, 'person' | 'plugin'>,
  sinceMs: number,
): Promise<readonly ReturnedBatch[]> {
  return await read
    .selectFrom('batches')
    .select(['id', 'attempt', 'tools', 'submitted_at_ms'])
    .select(
      sql<number>`case when exists (select 1 from batches as later where later.replaces = batches.id) then 1 else 0 end`.as('answered'),
    )
    .where('plugin', '=', plugin)
    .where('person', '=', person)
    .where('submitted_at_ms', '>=', sinceMs)
    .where((eb) => eb.or([eb('state', 'in', ['returned', 'refused']), eb('wrong', '>', 0)]))
    .orderBy('created_at_ms', 'desc')
    .limit(returnedMax)
    .execute();
}

/** What was marked wrong in some batches: records where they are known, and the changes themselves. */
export async function wrongOf(
  { read }: BatchDatabase,
  batches: readonly string[],
): Promise<readonly { readonly batch: string; readonly target: string | null; readonly digest: string }[]> {
  if (batches.length === 0) return [];
  return await read
    .selectFrom('batch_changes')
    .select(['batch', 'target', 'digest'])
    .where('batch', 'in', batches)
    .where('mark', '=', 'wrong')
    .limit(wrongMax)
    .execute();
}
