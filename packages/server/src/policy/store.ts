import type { Updateable } from 'kysely';
import type { StepResult, Tx } from '../kernel/recorder.ts';
import type { PoliciesTable } from '../storage/tables.ts';
import { kyselyOf } from '../storage/tx.ts';
import type { PolicyFiles } from './compile/set.ts';
import type { StoredSet } from './read.ts';

export interface SetToStore {
  readonly digest: string;
  readonly files: PolicyFiles;
  readonly by: string;
  readonly note: string;
  readonly atMs: number;
}

/** The note of a proposal that came from `policy rollback` and not from the folder. */
export const rollbackNote = 'policy.rollback';

/** The row of a set as it was looked at. */
export type Looked = Pick<StoredSet, 'state' | 'by'>;

/**
 * Publishes a set: its row, and the pointer moved from exactly the generation that was looked at. A set that was stored before
 * must still be as it was looked at: what was withdrawn meanwhile is not published.
 */
export async function publishSet(
  tx: Tx,
  set: SetToStore,
  from: { readonly digest: string; readonly generation: number } | undefined,
  looked?: Looked,
): Promise<StepResult> {
  const db = kyselyOf(tx);
  if (looked && !(await change(tx, set.digest, looked, rowOf(set, 'published')))) return changedMeanwhile;
  const moved = from
    ? await db
        .updateTable('policy_pointer')
        .set({ digest: set.digest, previous: from.digest, generation: from.generation + 1 })
        .where('id', '=', 1)
        .where('generation', '=', from.generation)
        .executeTakeFirst()
    : undefined;
  if (moved && Number(moved.numUpdatedRows) !== 1) return { ok: false, conflict: 'another policy was published meanwhile' };
  if (!from) {
    const first = await db
      .insertInto('policy_pointer')
      .values({ id: 1, digest: set.digest, previous: null, generation: 1 })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    if (Number(first.numInsertedOrUpdatedRows ?? 0) !== 1) return { ok: false, conflict: 'another policy was published meanwhile' };
  }
  await refuseWaiting(tx, set.digest, true);
  if (!looked) await put(tx, set, 'published');
  return { ok: true };
}

/**
 * Stores a set that waits for `policy apply`, where the set still runs that it was compared with. Only one of a folder waits at
 * a time: an older one is refused.
 */
export async function proposeSet(tx: Tx, set: SetToStore, over: Seen): Promise<StepResult> {
  const db = kyselyOf(tx);
  const pointer = await db.selectFrom('policy_pointer').select('generation').where('id', '=', 1).executeTakeFirst();
  if (Number(pointer?.generation ?? 0) !== over.generation) return { ok: false, conflict: 'another policy was published meanwhile' };
  if (over.waiting !== undefined) {
    const waits = db.selectFrom('policies').select('digest').where('state', '=', 'proposed').where('note', '!=', rollbackNote);
    const [other] = await waits
      .where('digest', 'not in', [set.digest, ...over.waiting])
      .limit(1)
      .execute();
    if (other) return { ok: false, conflict: 'another change was proposed meanwhile' };
  }
  await refuseWaiting(tx, set.digest, false);
  await put(tx, set, 'proposed');
  return { ok: true };
}

/** What a proposal was made over: the generation that runs, and what may wait; undefined where that does not matter. */
export interface Seen {
  readonly generation: number;
  readonly waiting?: readonly string[];
}

/** Writes down the first of two administrators, unless somebody else was first. */
export async function approveFirst(tx: Tx, digest: string, from: string, by: string): Promise<StepResult> {
  return (await change(tx, digest, { state: 'proposed', by: from }, { by })) ? { ok: true } : changedMeanwhile;
}

/** Ends one change that waits, exactly as it was looked at. What goes back to a set that ran leaves that as published. */
export async function withdrawSet(tx: Tx, { digest, by, note }: Pick<StoredSet, 'digest' | 'by' | 'note'>): Promise<StepResult> {
  const state = note === rollbackNote ? 'published' : 'refused';
  return (await change(tx, digest, { state: 'proposed', by }, { state })) ? { ok: true } : changedMeanwhile;
}

const changedMeanwhile: StepResult = { ok: false, conflict: 'this proposal changed meanwhile' };

/** Changes one row, where it is still as it was looked at. */
async function change(tx: Tx, digest: string, looked: Looked, to: Updateable<PoliciesTable>): Promise<boolean> {
  const updated = await kyselyOf(tx)
    .updateTable('policies')
    .set(to)
    .where('digest', '=', digest)
    .where('state', '=', looked.state)
    .where('by', '=', looked.by)
    .executeTakeFirst();
  return Number(updated.numUpdatedRows) === 1;
}

/** The folder went back to the running set: what it had proposed waits no longer. */
export async function supersede(tx: Tx, running: string): Promise<StepResult> {
  await refuseWaiting(tx, running, false);
  return { ok: true };
}

/** A rollback that waits for its second administrator is not the folder's to end; a set that ran before stays one. */
async function refuseWaiting(tx: Tx, except: string, rollbacksToo: boolean): Promise<void> {
  const end = (state: 'published' | 'refused') =>
    kyselyOf(tx).updateTable('policies').set({ state }).where('state', '=', 'proposed').where('digest', '!=', except);
  await end('refused').where('note', '!=', rollbackNote).execute();
  if (rollbacksToo) await end('published').where('note', '=', rollbackNote).execute();
}

async function put(tx: Tx, set: SetToStore, state: 'published' | 'proposed'): Promise<void> {
  const row = rowOf(set, state);
  await kyselyOf(tx)
    .insertInto('policies')
    .values({ digest: set.digest, files: JSON.stringify(set.files), ...row })
    .onConflict((conflict) => conflict.column('digest').doUpdateSet(row))
    .execute();
}

function rowOf({ atMs, by, note }: SetToStore, state: 'published' | 'proposed') {
  return { state, created_at_ms: atMs, by, note };
}

/** Writes down that somebody signed a set; twice is once. */
export async function putSign(
  tx: Tx,
  sign: { readonly digest: string; readonly running: string; readonly person: string; readonly atMs: number },
): Promise<StepResult> {
  const put = await kyselyOf(tx)
    .insertInto('policy_signs')
    .values({ digest: sign.digest, running: sign.running, person: sign.person, at_ms: sign.atMs })
    .onConflict((conflict) => conflict.columns(['digest', 'running', 'person']).doNothing())
    .executeTakeFirst();
  return Number(put.numInsertedOrUpdatedRows ?? 0) === 1 ? { ok: true } : { ok: false, conflict: `${sign.person} signed it already` };
}
