import type { StepResult, Tx } from '../../kernel/recorder.ts';
import { kyselyOf } from '../../storage/tx.ts';
import type { PasskeyRow } from './read.ts';

/** Writes a new passkey; a conflict when its id is known already, whoever's it is. */
export async function insertPasskey(tx: Tx, row: PasskeyRow): Promise<StepResult> {
  const { numInsertedOrUpdatedRows } = await kyselyOf(tx)
    .insertInto('passkeys')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n ? { ok: true } : { ok: false, conflict: 'this passkey is known already' };
}

/** Keeps the counter; a conflict when the passkey is gone, or its counter moved meanwhile: then it exists twice. */
export async function countUse(tx: Tx, passkey: PasskeyRow, counter: number): Promise<StepResult> {
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('passkeys')
    .set({ counter })
    .where('id', '=', passkey.id)
    .where('person', '=', passkey.person)
    .where('counter', '=', passkey.counter)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { ok: true } : { ok: false, conflict: 'the passkey was used meanwhile' };
}

/** Forgets one of a person's passkeys. */
export async function deletePasskey(tx: Tx, id: string, person: string): Promise<StepResult> {
  const { numDeletedRows } = await kyselyOf(tx).deleteFrom('passkeys').where('id', '=', id).where('person', '=', person).executeTakeFirst();
  return numDeletedRows === 1n ? { ok: true } : { ok: false, conflict: 'no such passkey' };
}
