import type { StepResult, Tx } from '../../kernel/recorder.ts';
import type { TokensTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';

/** A token as it is written: its hash, never itself. */
export type NewToken = Omit<TokensTable, 'revoked_at_ms'>;

/** Writes new tokens (their hashes) in the commit of the entry that says so. */
export async function insertTokens(tx: Tx, rows: readonly NewToken[]): Promise<StepResult> {
  await kyselyOf(tx)
    .insertInto('tokens')
    .values(rows.map((row) => ({ ...row, revoked_at_ms: null })))
    .execute();
  return { ok: true };
}

/** Revokes one token; a conflict when it is revoked already, so that the entry is written once. */
export async function markRevoked(tx: Tx, id: string, atMs: number): Promise<StepResult> {
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('tokens')
    .set({ revoked_at_ms: atMs })
    .where('id', '=', id)
    .where('revoked_at_ms', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { ok: true } : { ok: false, conflict: 'revoked already' };
}

/** Whose tokens; what is left out does not matter. */
export type TokenScope = Partial<Pick<TokensTable, 'plugin' | 'version' | 'connector' | 'person'>>;

/** Revokes every token of a scope that is neither revoked nor over; gives them. A person is found in upper and lower case. */
export async function revokeWhere(tx: Tx, scope: TokenScope, atMs: number): Promise<readonly TokensTable[]> {
  let update = kyselyOf(tx).updateTable('tokens').set({ revoked_at_ms: atMs }).where('revoked_at_ms', 'is', null);
  for (const key of ['plugin', 'version', 'connector'] as const) if (scope[key] !== undefined) update = update.where(key, '=', scope[key]);
  if (scope.person !== undefined) update = update.where((eb) => eb(eb.fn<string>('lower', ['person']), '=', scope.person ?? ''));
  return await update.where('expires_at_ms', '>', atMs).returningAll().execute();
}
