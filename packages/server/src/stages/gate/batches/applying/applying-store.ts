import { sql } from 'kysely';
import type { BatchState } from '../../../../kernel/batches.ts';
import type { Tx } from '../../../../kernel/recorder.ts';
import type { Database } from '../../../../storage/database.ts';
import { kyselyOf } from '../../../../storage/tx.ts';
import type { BatchRow } from '../proposal/store.ts';
import type { MadeRow } from '../staging-store.ts';

/** What of the database applying needs. */
export type ApplyingDatabase = Pick<Database, 'read'>;

/** What a move of a batch may change. */
export type BatchMove = Partial<
  Pick<BatchRow, 'state' | 'step' | 'target' | 'paused_for' | 'applied_by' | 'reason' | 'decided_at_ms' | 'ended_at_ms'>
>;

/** How long a process may leave a batch alone that it took; then another takes it over. */
export const leaseMs = 30_000;

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

/** In place of a process: none has it, and something of it is left running. */
const left = 'left';

/** Leaves it to whoever looks again so much later: something of it is left running. */
export async function leaveClaim(tx: Tx, id: string, by: string, againAtMs: number): Promise<void> {
  await held(tx, id, by)
    .set({ claimed_by: left, claimed_at_ms: againAtMs - leaseMs })
    .execute();
}

/** A person wants to know now: what was left running is looked at without waiting. */
export async function takeUpLeft(tx: Tx, id: string): Promise<void> {
  await held(tx, id, left).set({ claimed_at_ms: 0 }).execute();
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

/** Says what became of a call that was made, or keeps it where a crash came before anybody could. */
export async function settleMade(tx: Tx, row: MadeRow): Promise<void> {
  const { state, after_sealed, after_image } = row;
  await kyselyOf(tx)
    .insertInto('made_changes')
    .values(row)
    .onConflict((conflict) => conflict.column('call').doUpdateSet({ state, ...(after_sealed !== null && { after_sealed, after_image }) }))
    .execute();
}
