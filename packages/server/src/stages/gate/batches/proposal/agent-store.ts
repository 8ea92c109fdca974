import type { BatchOfRun } from '../../../../kernel/batches.ts';
import type { BatchDatabase, BatchRow } from './store.ts';

const listMax = 50;
const notesMax = 100;

/** A batch of one person and release, so that nobody reads another's by its id. */
export async function ownBatch({ read }: BatchDatabase, id: string, whose: BatchOfRun): Promise<BatchRow | undefined> {
  return await ownBatches({ read }, whose).where('id', '=', id).executeTakeFirst();
}

/** Theirs, newest first. */
export async function listOwn({ read }: BatchDatabase, whose: BatchOfRun): Promise<readonly BatchRow[]> {
  return await ownBatches({ read }, whose).orderBy('created_at_ms', 'desc').orderBy('id').limit(listMax).execute();
}

function ownBatches({ read }: BatchDatabase, { person, plugin, version }: BatchOfRun) {
  return read.selectFrom('batches').selectAll().where('person', '=', person).where('plugin', '=', plugin).where('version', '=', version);
}

/** How many changes of some batches are in which state. */
export async function endsOf(
  { read }: BatchDatabase,
  batches: readonly string[],
): Promise<readonly { readonly batch: string; readonly state: string; readonly changes: number }[]> {
  if (batches.length === 0) return [];
  const rows = await read
    .selectFrom('batch_changes')
    .select(({ fn }) => ['batch', 'state', fn.countAll<number | string>().as('changes')])
    .where('batch', 'in', batches)
    .groupBy(['batch', 'state'])
    .execute();
  return rows.map(({ batch, state, changes }) => ({ batch, state, changes: Number(changes) }));
}

/** What people wrote on changes that they found wrong. */
export async function notesOf(
  { read }: BatchDatabase,
  batches: readonly string[],
): Promise<readonly { readonly batch: string; readonly n: number; readonly note: string | null }[]> {
  if (batches.length === 0) return [];
  return await read
    .selectFrom('batch_changes')
    .select(['batch', 'n', 'note'])
    .where('batch', 'in', batches)
    .where('mark', '=', 'wrong')
    .orderBy('batch')
    .orderBy('n')
    .limit(notesMax)
    .execute();
}

/** Open batches to which nothing was added since a moment. */
export async function restingBatches(
  { read }: BatchDatabase,
  since: { readonly addedBeforeMs: number; readonly max: number },
): Promise<readonly BatchRow[]> {
  return await read
    .selectFrom('batches')
    .selectAll()
    .where('state', '=', 'open')
    .where(
      ({ selectFrom }) =>
        selectFrom('batch_changes').select('staged_at_ms').whereRef('batch_changes.batch', '=', 'batches.id').orderBy('n', 'desc').limit(1),
      '<=',
      since.addedBeforeMs,
    )
    .orderBy('created_at_ms')
    .limit(since.max)
    .execute();
}
