import type { StepResult, Tx } from '../kernel/recorder.ts';
import { kyselyOf } from '../storage/tx.ts';
import type { PolicyFiles } from './compile/set.ts';

export interface SetToStore {
  readonly digest: string;
  readonly files: PolicyFiles;
  readonly by: string;
  readonly note: string;
  readonly atMs: number;
}

/** The note of a proposal that came from `policy rollback` and not from the folder. */
export const rollbackNote = 'policy.rollback';

/** Publishes a set: its row, and the pointer moved from exactly the generation that was looked at. */
export async function publishSet(
  tx: Tx,
  set: SetToStore,
  from: { readonly digest: string; readonly generation: number } | undefined,
): Promise<StepResult> {
  const db = kyselyOf(tx);
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
  await put(tx, set, 'published');
  return { ok: true };
}

/** Stores a set that waits for `policy apply`. Only one of a folder waits at a time: an older one is refused. */
export async function proposeSet(tx: Tx, set: SetToStore): Promise<StepResult> {
  await refuseWaiting(tx, set.digest, false);
  await put(tx, set, 'proposed');
  return { ok: true };
}

/** Writes down the first of two administrators, unless somebody else was first. */
export async function approveFirst(tx: Tx, digest: string, from: string, by: string): Promise<StepResult> {
  const updated = await kyselyOf(tx)
    .updateTable('policies')
    .set({ by })
    .where('digest', '=', digest)
    .where('state', '=', 'proposed')
    .where('by', '=', from)
    .executeTakeFirst();
  return Number(updated.numUpdatedRows) === 1 ? { ok: true } : { ok: false, conflict: 'this proposal changed meanwhile' };
}

/** The folder went back to the running set: what it had proposed waits no longer. */
export async function supersede(tx: Tx, running: string): Promise<StepResult> {
  await refuseWaiting(tx, running, false);
  return { ok: true };
}

/** A rollback that waits for its second administrator is not the folder's to end. */
async function refuseWaiting(tx: Tx, except: string, rollbacksToo: boolean): Promise<void> {
  const waiting = kyselyOf(tx)
    .updateTable('policies')
    .set({ state: 'refused' })
    .where('state', '=', 'proposed')
    .where('digest', '!=', except);
  await (rollbacksToo ? waiting : waiting.where('note', '!=', rollbackNote)).execute();
}

async function put(tx: Tx, set: SetToStore, state: 'published' | 'proposed'): Promise<void> {
  const row = { state, created_at_ms: set.atMs, by: set.by, note: set.note };
  await kyselyOf(tx)
    .insertInto('policies')
    .values({ digest: set.digest, files: JSON.stringify(set.files), ...row })
    .onConflict((conflict) => conflict.column('digest').doUpdateSet(row))
    .execute();
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
