import type { ChangeState } from '../../../../kernel/batches.ts';
import type { ChangeRow } from '../proposal/store.ts';
import type { ApplyingDatabase } from './applying-store.ts';
import type { Tally } from './tallies.ts';

/** One change of it. */
export async function changeOf({ read }: ApplyingDatabase, batch: string, n: number): Promise<ChangeRow | undefined> {
  return await read.selectFrom('batch_changes').selectAll().where('batch', '=', batch).where('n', '=', n).executeTakeFirst();
}

/** Changes in a state, in their order, after a number. */
export async function changesIn(
  { read }: ApplyingDatabase,
  batch: string,
  { state, after, max }: { readonly state: ChangeState; readonly after: number; readonly max: number },
): Promise<readonly ChangeRow[]> {
  return await read
    .selectFrom('batch_changes')
    .selectAll()
    .where('batch', '=', batch)
    .where('state', '=', state)
    .where('n', '>', after)
    .orderBy('n')
    .limit(max)
    .execute();
}

/** How many changes stand where. */
export async function tallyOf({ read }: ApplyingDatabase, batch: string): Promise<Tally> {
  const rows = await read
    .selectFrom('batch_changes')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .where('batch', '=', batch)
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
}

/** Where a record stands after earlier changes of the batch were made to it: the image that the last of them left. */
export async function lastMade(
  { read }: ApplyingDatabase,
  { batch, target, before }: { readonly batch: string; readonly target: string; readonly before: number },
): Promise<{ readonly n: number; readonly after_sealed: string | null } | undefined> {
  return await read
    .selectFrom('batch_changes')
    .leftJoin('made_changes', 'made_changes.call', 'batch_changes.ran')
    .select(['batch_changes.n', 'made_changes.after_sealed'])
    .where('batch_changes.target', '=', target)
    .where('batch_changes.batch', '=', batch)
    .where('batch_changes.n', '<', before)
    .where('batch_changes.state', 'in', ['done', 'applied_before'])
    .orderBy('batch_changes.n', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Records with a change of which nobody knows whether it was made: nothing more is done to them. */
export async function unsureTargets({ read }: ApplyingDatabase, batch: string, max: number): Promise<ReadonlySet<string>> {
  const rows = await read
    .selectFrom('batch_changes')
    .select('target')
    .distinct()
    .where('batch', '=', batch)
    .where('state', '=', 'unknown')
    .where('target', 'is not', null)
    .limit(max)
    .execute();
  return new Set(rows.flatMap(({ target }) => target ?? []));
}

/** Staged again, and may have been made all the same when they were sent before. Few: what was on its way when something broke. */
export async function maybeMade({ read }: ApplyingDatabase, batch: string, max: number): Promise<readonly number[]> {
  const rows = await read
    .selectFrom('batch_changes')
    .select('n')
    .where('batch', '=', batch)
    .where('state', '=', 'staged')
    .where('sent', '>', 0)
    .where('code', '=', 'upstream_failed')
    .limit(max)
    .execute();
  return rows.map(({ n }) => n);
}

/** Records of which the batch holds more than one change: a later one starts from what an earlier one left. */
export async function repeatedTargets({ read }: ApplyingDatabase, batch: string): Promise<ReadonlySet<string>> {
  const rows = await read
    .selectFrom('batch_changes')
    .select('target')
    .where('batch', '=', batch)
    .where('target', 'is not', null)
    .groupBy('target')
    .having(({ fn }) => fn.countAll(), '>', 1)
    .execute();
  return new Set(rows.flatMap(({ target }) => target ?? []));
}
