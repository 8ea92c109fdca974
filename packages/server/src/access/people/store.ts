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

/** Replaces a person's code and unlocks them. */
export async function replaceCode(tx: Tx, person: string, codeHash: string): Promise<StepResult> {
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('people')
    .set({ code_hash: codeHash, failures: 0, locked_until_ms: 0 })
    .where('person', '=', person)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { ok: true } : { ok: false, conflict: 'not enrolled' };
}

/** Forgets failures after a success; a conflict when the code was replaced or the person locked meanwhile. */
export async function clearFailures(tx: Tx, verified: Pick<PeopleTable, 'person' | 'code_hash'>, atMs: number): Promise<StepResult> {
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('people')
    .set({ failures: 0, locked_until_ms: 0 })
    .where('person', '=', verified.person)
    .where('code_hash', '=', verified.code_hash)
    .where('locked_until_ms', '<=', atMs)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { ok: true } : { ok: false, conflict: 'changed meanwhile' };
}

/** Counts a failure where it is stored, so that attempts side by side are each counted, and locks by `lockMs`. */
export async function addFailure(tx: Tx, person: string, atMs: number, lockMs: (failures: number) => number): Promise<void> {
  const db = kyselyOf(tx);
  const row = await db
    .updateTable('people')
    .set((eb) => ({ failures: eb('failures', '+', 1) }))
    .where('person', '=', person)
    .returning('failures')
    .executeTakeFirst();
  if (!row || lockMs(row.failures) === 0) return;
  await db
    .updateTable('people')
    .set({ locked_until_ms: atMs + lockMs(row.failures) })
    .where('person', '=', person)
    .execute();
}
