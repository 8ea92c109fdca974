import type { BatchFilter, ChangeFilter } from '../../../../kernel/batch-desk.ts';
import type { BatchDatabase, BatchRow, ChangeRow } from '../proposal/store.ts';
import { storedStates } from '../proposal/tools.ts';

/** States that wait for a person. */
const waiting = ['proposed', 'returned', 'ready', 'paused'] as const;

/** Batches, newest first, after one. */
export async function listBatches({ read }: BatchDatabase, { state, max, after }: BatchFilter): Promise<readonly BatchRow[]> {
  let query = read.selectFrom('batches').selectAll();
  if (state === 'waiting') query = query.where('state', 'in', waiting);
  else if (state !== 'all') query = query.where('state', '=', state);
  if (after)
    query = query.where((eb) =>
      eb.or([eb('created_at_ms', '<', after.createdAtMs), eb.and([eb('created_at_ms', '=', after.createdAtMs), eb('id', '>', after.id)])]),
    );
  return await query.orderBy('created_at_ms', 'desc').orderBy('id').limit(max).execute();
}

/** A page of changes, in the order of their numbers; those of the sample in the order of the draw. Each way has an index. */
export async function pageOf(
  { read }: BatchDatabase,
  row: Pick<BatchRow, 'id' | 'state'>,
  { which, after, max }: ChangeFilter,
): Promise<readonly ChangeRow[]> {
  const all = read.selectFrom('batch_changes').selectAll().where('batch', '=', row.id).limit(max);
  if (which === 'sample') return await all.where('drawn', '>', after).orderBy('drawn').execute();
  if (which === 'unmarked')
    return await all.where('drawn', '>', after).where('mark', 'is', null).where('state', '=', 'staged').orderBy('drawn').execute();
  const page = all.where('n', '>', after).orderBy('n');
  if (which === 'all') return await page.execute();
  if (which === 'extra') return await page.where('extra', 'is not', null).execute();
  if (which === 'beside') return await page.where('extra', 'is not', null).where('mark', 'is', null).execute();
  if (which === 'wrong') return await page.where('mark', '=', 'wrong').execute();
  const states = storedStates(row, which);
  return states.length === 0 ? [] : await page.where('state', 'in', states).execute();
}

/** Where the next page of one begins. */
export function lastOf(rows: readonly Pick<ChangeRow, 'n' | 'drawn'>[], { which, max }: ChangeFilter): number | undefined {
  const last = rows.at(-1);
  if (!last || rows.length < max) return undefined;
  return which === 'sample' || which === 'unmarked' ? (last.drawn ?? undefined) : last.n;
}

/** Changes of it that were taken back since, and by which undos. */
export async function undoneOf(
  { read }: BatchDatabase,
  batch: string,
): Promise<{ readonly changes: number; readonly undos: readonly string[] }> {
  const rows = await read
    .selectFrom('made_changes')
    .select(({ fn }) => ['undone_by', fn.countAll<number | string>().as('many')])
    .where('batch', '=', batch)
    .where('state', '=', 'undone')
    .groupBy('undone_by')
    .orderBy('undone_by')
    .execute();
  return { changes: rows.reduce((sum, { many }) => sum + Number(many), 0), undos: rows.flatMap(({ undone_by: by }) => by ?? []) };
}

/** Drawn changes that are marked wrong: what the statement counts. */
export async function drawnWrong({ read }: BatchDatabase, batch: string): Promise<number> {
  const { wrong } = await read
    .selectFrom('batch_changes')
    .select(({ fn }) => fn.countAll<number | string>().as('wrong'))
    .where('batch', '=', batch)
    .where('drawn', 'is not', null)
    .where('mark', '=', 'wrong')
    .executeTakeFirstOrThrow();
  return Number(wrong);
}
