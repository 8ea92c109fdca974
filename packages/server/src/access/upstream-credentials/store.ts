import type { StepResult, Tx } from '../../kernel/recorder.ts';
import type { GrantedScope } from '../../kernel/upstream-credentials.ts';
import type { UpstreamGrantsTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';

type Ended = Pick<UpstreamGrantsTable, 'ended_at_ms' | 'ended_by' | 'ended_why'>;

/** Writes a grant in place of the one that this person had there. */
export async function insertGrant(tx: Tx, row: UpstreamGrantsTable): Promise<StepResult> {
  const ended = { ended_at_ms: row.granted_at_ms, ended_by: row.person, ended_why: 'signed in again' };
  await endGrants(tx, { connection: row.connection, person: row.person }, ended);
  await kyselyOf(tx).insertInto('upstream_grants').values(row).execute();
  return { ok: true };
}

/** New tokens of a grant; a conflict when it ended, or another node refreshed it, meanwhile. */
export async function refreshGrant(
  tx: Tx,
  row: UpstreamGrantsTable,
  next: Pick<UpstreamGrantsTable, 'sealed' | 'expires_at_ms' | 'refreshed_at_ms'>,
): Promise<StepResult> {
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('upstream_grants')
    .set(next)
    .where('id', '=', row.id)
    .where('refreshed_at_ms', '=', row.refreshed_at_ms)
    .where('ended_at_ms', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { ok: true, quiet: true } : { ok: false, conflict: 'changed meanwhile' };
}

/** Ends every open grant of a scope and destroys its tokens; gives those that it ended, as they were. */
export async function endGrants(tx: Tx, scope: GrantedScope, ended: Ended): Promise<readonly UpstreamGrantsTable[]> {
  const db = kyselyOf(tx);
  let open = db.selectFrom('upstream_grants').selectAll().where('ended_at_ms', 'is', null);
  for (const key of ['id', 'vendor', 'connection', 'person'] as const)
    if (scope[key] !== undefined) open = open.where(key, '=', scope[key]);
  const rows = await open.execute();
  let update = db
    .updateTable('upstream_grants')
    .set({ ...ended, sealed: '' })
    .where('ended_at_ms', 'is', null);
  for (const key of ['id', 'vendor', 'connection', 'person'] as const)
    if (scope[key] !== undefined) update = update.where(key, '=', scope[key]);
  await update.execute();
  return rows;
}
