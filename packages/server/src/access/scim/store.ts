import type { StepResult, Tx } from '../../kernel/recorder.ts';
import type { ScimResourcesTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { endSessionsOf } from '../sessions/store.ts';
import { revokeWhere } from '../tokens/store.ts';

const membersAtOnce = 400;

/** Writes a new person or group; a conflict where the name is taken. */
export async function insertResource(tx: Tx, row: ScimResourcesTable): Promise<StepResult> {
  const db = kyselyOf(tx);
  const taken = await byName(tx, row).select('id').executeTakeFirst();
  if (taken) return { ok: false, conflict: 'uniqueness' };
  await db.insertInto('scim_resources').values(row).execute();
  return { ok: true };
}

/** Replaces what is stored, if it is still the version that was read. */
export async function updateResource(tx: Tx, row: ScimResourcesTable, was: number): Promise<StepResult> {
  const taken = await byName(tx, row).select('id').where('id', '<>', row.id).executeTakeFirst();
  if (taken) return { ok: false, conflict: 'uniqueness' };
  const { kind, id, created_at_ms: _, ...set } = row;
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('scim_resources')
    .set(set)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('version', '=', was)
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? { ok: true } : { ok: false, conflict: 'version' };
}

/** Takes members out and puts members in. Ids that are no person here are left out. */
export async function changeMembers(tx: Tx, group: string, out: readonly string[], into: readonly string[]): Promise<void> {
  const db = kyselyOf(tx);
  for (const some of chunks(out)) await db.deleteFrom('scim_members').where('group_id', '=', group).where('member', 'in', some).execute();
  for (const some of chunks(into)) {
    const known = await db.selectFrom('scim_resources').select('id').where('kind', '=', 'User').where('id', 'in', some).execute();
    if (known.length > 0)
      await db
        .insertInto('scim_members')
        .values(known.map(({ id }) => ({ group_id: group, member: id })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
  }
}

/** A group or person that is gone is in no group and has no members. */
export async function dropMembers(tx: Tx, kind: 'User' | 'Group', id: string): Promise<void> {
  await kyselyOf(tx)
    .deleteFrom('scim_members')
    .where(kind === 'User' ? 'member' : 'group_id', '=', id)
    .execute();
}

/** Signed in nowhere any more, under any of their names. */
export async function endSessions(tx: Tx, names: readonly string[], atMs: number): Promise<void> {
  for (const name of names) await endSessionsOf(tx, name, atMs);
}

/** Who is deleted has no token that would come back to life with them. */
export async function revokeTokens(tx: Tx, names: readonly string[], atMs: number): Promise<void> {
  for (const person of names) await revokeWhere(tx, { person }, atMs);
}

function byName(tx: Tx, { kind, name }: Pick<ScimResourcesTable, 'kind' | 'name'>) {
  return kyselyOf(tx).selectFrom('scim_resources').where('kind', '=', kind).where('name', '=', name).where('deleted_at_ms', 'is', null);
}

function chunks(ids: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(ids.length / membersAtOnce) }, (_, i) => ids.slice(i * membersAtOnce, (i + 1) * membersAtOnce));
}
