import { sql } from 'kysely';
import type { BatchState, ChangeState } from '../../../../kernel/batches.ts';
import type { Tx } from '../../../../kernel/recorder.ts';
import type { Database } from '../../../../storage/database.ts';
import { kyselyOf } from '../../../../storage/tx.ts';
import type { BatchRow, ChangeRow } from '../proposal/store.ts';
import type { MadeRow } from '../staging-store.ts';
import type { Tally } from './tallies.ts';

/** What of the database applying needs. */
export type ApplyingDatabase = Pick<Database, 'read'>;

/** What a move of a batch may change. */
export type BatchMove = Partial<
  Pick<BatchRow, 'state' | 'step' | 'target' | 'paused_for' | 'applied_by' | 'reason' | 'decided_at_ms' | 'ended_at_ms'>
>;

/** How long a process may leave a batch alone that it took; then another takes it over. */
export const leaseMs = 30_000;

/** One change of it. */
export async function changeOf({ read }: ApplyingDatabase, batch: string, n: number): Promise<ChangeRow | undefined> {
  return await read.selectFrom('batch_changes').selectAll().where('batch', '=', batch).where('n', '=', n).executeTakeFirst();
}

/**
 * Batches that somebody has to go on with and that no process holds: those being applied, and paused or ended ones in which
 * a process that died left something running.
 */
export async function dueBatches({ read }: ApplyingDatabase, nowMs: number, max: number): Promise<readonly string[]> {
  const rows = await read
    .selectFrom('batches')
    .select('id')
    .where((eb) =>
      eb.or([
        eb.and([eb('state', '=', 'applying'), eb('claimed_by', 'is', null)]),
        eb.and([eb('claimed_by', 'is not', null), eb('claimed_at_ms', '<=', nowMs - leaseMs)]),
      ]),
    )
    .orderBy('created_at_ms')
    .limit(max)
    .execute();
  return rows.map(({ id }) => id);
}

/** Takes the lease on a batch that is due: of many processes, one gets it. */
export async function claimBatch(tx: Tx, id: string, by: string, nowMs: number): Promise<BatchRow | undefined> {
  return await kyselyOf(tx)
    .updateTable('batches')
    .set({ claimed_by: by, claimed_at_ms: nowMs })
    .where('id', '=', id)
    .where((eb) =>
      eb.or([
        eb.and([eb('state', '=', 'applying'), eb('claimed_by', 'is', null)]),
        eb.and([eb('claimed_by', 'is not', null), eb('claimed_at_ms', '<=', nowMs - leaseMs)]),
      ]),
    )
    .returningAll()
    .executeTakeFirst();
}

/** Says that it still goes on; gives the batch as it is now, or nothing when another process has it. */
export async function renewClaim(tx: Tx, id: string, by: string, nowMs: number): Promise<BatchRow | undefined> {
  return await held(tx, id, by).set({ claimed_at_ms: nowMs }).returningAll().executeTakeFirst();
}

/** Gives it back: nothing of it is under way here any more. */
export async function releaseClaim(tx: Tx, id: string, by: string): Promise<void> {
  await held(tx, id, by).set({ claimed_by: null, claimed_at_ms: null }).execute();
}

/** Leaves it to whoever looks again so much later: something of it is left running. */
export async function leaveClaim(tx: Tx, id: string, by: string, againAtMs: number): Promise<void> {
  await held(tx, id, by)
    .set({ claimed_at_ms: againAtMs - leaseMs })
    .execute();
}

/** Nobody else can hold one: leases that a process before left are over. */
export async function endLeases(tx: Tx): Promise<void> {
  await kyselyOf(tx).updateTable('batches').set({ claimed_at_ms: 0 }).where('claimed_by', 'is not', null).execute();
}

function held(tx: Tx, id: string, by: string) {
  return kyselyOf(tx).updateTable('batches').where('id', '=', id).where('claimed_by', '=', by);
}

/** Moves a batch on when it is still in one of these states; gives it as it is now, or nothing. */
export async function moveBatch(tx: Tx, id: string, from: readonly BatchState[], to: BatchMove): Promise<BatchRow | undefined> {
  return await kyselyOf(tx)
    .updateTable('batches')
    .set({ ...to, changed: sql<number>`changed + 1` })
    .where('id', '=', id)
    .where('state', 'in', from)
    .returningAll()
    .executeTakeFirst();
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
    .leftJoin('made_changes', (join) =>
      join.onRef('made_changes.batch', '=', 'batch_changes.batch').onRef('made_changes.n', '=', 'batch_changes.n'),
    )
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

/** Says what became of a call that was made, or keeps it where a crash came before anybody could. */
export async function settleMade(tx: Tx, row: MadeRow): Promise<void> {
  const { state, after_sealed, after_image } = row;
  await kyselyOf(tx)
    .insertInto('made_changes')
    .values(row)
    .onConflict((conflict) => conflict.column('call').doUpdateSet({ state, ...(after_sealed !== null && { after_sealed, after_image }) }))
    .execute();
}
