import type { StepResult, Tx } from '../../kernel/recorder.ts';
import { kyselyOf } from '../../storage/tx.ts';
import type { SessionRow } from './read.ts';

/** Writes a session; the one that it takes the place of must still be open, so that one proof gives one session. */
export async function replaceSession(tx: Tx, row: SessionRow, replaces: string | undefined, strict: boolean): Promise<StepResult> {
  if (replaces !== undefined) {
    const ended = await endSession(tx, replaces, row.created_at_ms);
    if (!ended.ok && strict) return ended;
  }
  await kyselyOf(tx).insertInto('sessions').values(row).execute();
  return { ok: true };
}

/** Ends a session; a conflict when it is over already, so that the entry is written once. */
export async function endSession(tx: Tx, hash: string, atMs: number): Promise<StepResult> {
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('sessions')
    .set({ revoked_at_ms: atMs })
    .where('hash', '=', hash)
    .where('revoked_at_ms', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { ok: true } : { ok: false, conflict: 'the session is over already' };
}

/** Ends every session of a person: whoever lost their code loses what was begun with it. */
export async function endSessionsOf(tx: Tx, person: string, atMs: number): Promise<void> {
  await kyselyOf(tx)
    .updateTable('sessions')
    .set({ revoked_at_ms: atMs })
    .where('person', '=', person)
    .where('revoked_at_ms', 'is', null)
    .execute();
}

/** Notes that it was used. Never backwards, never on one that is over. */
export async function touchSession(tx: Tx, hash: string, atMs: number): Promise<void> {
  await kyselyOf(tx)
    .updateTable('sessions')
    .set({ seen_at_ms: atMs })
    .where('hash', '=', hash)
    .where('seen_at_ms', '<', atMs)
    .where('revoked_at_ms', 'is', null)
    .execute();
}

/** Deletes what has been over for long. */
export async function forgetSessions(tx: Tx, beforeMs: number): Promise<void> {
  await kyselyOf(tx).deleteFrom('sessions').where('expires_at_ms', '<', beforeMs).execute();
}
