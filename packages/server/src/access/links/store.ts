import type { StepResult, Tx } from '../../kernel/recorder.ts';
import type { SignInLinksTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';

/** Writes a new link, by its hash; links that are long over are deleted with it. */
export async function insertLink(tx: Tx, row: Omit<SignInLinksTable, 'used_at_ms'>): Promise<StepResult> {
  const db = kyselyOf(tx);
  await db
    .deleteFrom('sign_in_links')
    .where('expires_at_ms', '<', row.created_at_ms - 24 * 3_600_000)
    .execute();
  await db
    .insertInto('sign_in_links')
    .values({ ...row, used_at_ms: null })
    .execute();
  return { ok: true };
}

/** Spends a link, once; of many at once, one. */
export async function spendLink(tx: Tx, hash: string, atMs: number): Promise<StepResult> {
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('sign_in_links')
    .set({ used_at_ms: atMs })
    .where('hash', '=', hash)
    .where('used_at_ms', 'is', null)
    .where('expires_at_ms', '>', atMs)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { ok: true } : { ok: false, conflict: 'the link is over' };
}
