import type { Tx } from '../../kernel/recorder.ts';
import type { ReleaseName, ReleaseState } from '../../kernel/release-standing.ts';
import type { CatalogReleasesTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';
import type { SignOffRow, SubjectRow } from './store.ts';

const rowsAtOnce = 20;

/** A change of a subject: counts only when nobody changed it since it was read. */
export async function writeSubject(tx: Tx, before: SubjectRow | undefined, now: Omit<SubjectRow, 'revision'>): Promise<boolean> {
  if (!before) {
    const insert = kyselyOf(tx)
      .insertInto('catalog_subjects')
      .values({ ...now, revision: 1 });
    const made = await insert.onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
    return (made.numInsertedOrUpdatedRows ?? 0n) === 1n;
  }
  const { kind, id, ...rest } = now;
  const moved = await kyselyOf(tx)
    .updateTable('catalog_subjects')
    .set({ ...rest, revision: before.revision + 1 })
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('revision', '=', before.revision)
    .executeTakeFirst();
  return moved.numUpdatedRows === 1n;
}

/** Moves a release from the state that was seen to another; false when it is not in that state any more. */
export async function moveState(
  tx: Tx,
  { kind, id, version }: ReleaseName,
  from: ReleaseState,
  to: { readonly state: ReleaseState; readonly by: string; readonly atMs: number; readonly reviewDueMs?: number },
): Promise<boolean> {
  const moved = await kyselyOf(tx)
    .updateTable('catalog_releases')
    .set({
      ...{ state: to.state, state_by: to.by, state_at_ms: to.atMs },
      ...(to.reviewDueMs !== undefined && { review_due_ms: to.reviewDueMs }),
    })
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('version', '=', version)
    .where('state', '=', from)
    .executeTakeFirst();
  return moved.numUpdatedRows === 1n;
}

/** Keeps a release and its files; false when there is one of this name already. */
export async function insertRelease(
  tx: Tx,
  release: Readonly<CatalogReleasesTable>,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<boolean> {
  const insert = kyselyOf(tx).insertInto('catalog_releases').values(release);
  const made = await insert.onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  if ((made.numInsertedOrUpdatedRows ?? 0n) !== 1n) return false;
  const rows = [...files].map(([digest, bytes]) => ({ digest, bytes }));
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const some = kyselyOf(tx)
      .insertInto('catalog_files')
      .values(rows.slice(at, at + rowsAtOnce));
    await some.onConflict((conflict) => conflict.doNothing()).execute();
  }
  return true;
}

/** What a reviewer found; their later word takes the place of the earlier. */
export async function writeSignOff(tx: Tx, row: SignOffRow): Promise<void> {
  const { passed, capabilities, note, at_ms } = row;
  const insert = kyselyOf(tx).insertInto('catalog_sign_offs').values(row);
  await insert
    .onConflict((conflict) =>
      conflict.columns(['kind', 'id', 'version', 'aspect', 'person']).doUpdateSet({ passed, capabilities, note, at_ms }),
    )
    .execute();
}

/** No call that was allowed before this can be dispatched after it: whoever decided under the old catalog decides again. */
export async function moveLatch(tx: Tx): Promise<void> {
  await kyselyOf(tx)
    .updateTable('latch')
    .set((eb) => ({ generation: eb('generation', '+', 1) }))
    .where('id', '=', 1)
    .execute();
}

/** Tokens of a release end with it. Gives how many. */
export async function revokeTokens(tx: Tx, { id, version }: ReleaseName, atMs: number): Promise<number> {
  const revoked = await kyselyOf(tx)
    .updateTable('tokens')
    .set({ revoked_at_ms: atMs })
    .where('plugin', '=', id)
    .where('version', '=', version)
    .where('revoked_at_ms', 'is', null)
    .executeTakeFirst();
  return Number(revoked.numUpdatedRows);
}

/** The digest as served, in place of the one that was seen. */
export async function writeServed(tx: Tx, { kind, id, version }: ReleaseName, before: string | null, digest: string): Promise<boolean> {
  const moved = await kyselyOf(tx)
    .updateTable('catalog_releases')
    .set({ served_digest: digest })
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('version', '=', version)
    .where('served_digest', before === null ? 'is' : '=', before)
    .executeTakeFirst();
  return moved.numUpdatedRows === 1n;
}
