import type { StepResult, Tx } from '../../kernel/recorder.ts';
import type { PeopleTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';

/** Enrolls a person; a conflict when they are enrolled already, or (`first`) when anybody is. */
export async function insertPerson(tx: Tx, row: PeopleTable, first: boolean): Promise<StepResult> {
  const db = kyselyOf(tx);
  const others = db.selectFrom('people').select('person').limit(1);
  const found = await (first ? others : others.where('person', '=', row.person)).executeTakeFirst();
  if (found) return { ok: false, conflict: first ? 'somebody is enrolled already' : 'enrolled already' };
  await db.insertInto('people').values(row).execute();
  return { ok: true };
}

/** Replaces a person's code; failures of the old one count no more. */
export async function replaceCode(tx: Tx, person: string, codeHash: string): Promise<StepResult> {
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('people')
    .set({ code_hash: codeHash, failures: 0, locked_until_ms: 0 })
    .where('person', '=', person)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { ok: true } : { ok: false, conflict: 'not enrolled' };
}

/** Forgets failures after a success, and keeps the code as it is kept now; a conflict when it was replaced meanwhile. */
export async function acceptCode(tx: Tx, verified: Pick<PeopleTable, 'person' | 'code_hash'>, codeHash: string): Promise<StepResult> {
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('people')
    .set({ code_hash: codeHash, failures: 0, locked_until_ms: 0 })
    .where('person', '=', verified.person)
    .where('code_hash', '=', verified.code_hash)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { ok: true } : { ok: false, conflict: 'changed meanwhile' };
}

/** Counts a failure where it is stored, from wherever it came: for whoever looks, and never a lock. */
export async function addFailure(tx: Tx, person: string): Promise<void> {
  await kyselyOf(tx)
    .updateTable('people')
    .set((eb) => ({ failures: eb('failures', '+', 1) }))
    .where('person', '=', person)
    .execute();
}
