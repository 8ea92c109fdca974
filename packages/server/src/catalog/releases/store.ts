import type { Tx } from '../../kernel/recorder.ts';
import type { ReleaseName, ReleaseState, SubjectKind } from '../../kernel/release-standing.ts';
import type { ReleaseManifest } from '../../kernel/releases.ts';
import type { Database } from '../../storage/database.ts';
import type { CatalogReleasesTable, CatalogSignOffsTable, CatalogSubjectsTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';

/** What of the database the releases need. */
export type ReleasesDatabase = Pick<Database, 'read'>;

export type SubjectRow = Readonly<CatalogSubjectsTable>;
export type SignOffRow = Readonly<CatalogSignOffsTable>;
/** A release without its manifest, which can be long. */
export type ReleaseRow = Readonly<Omit<CatalogReleasesTable, 'manifest' | 'state'>> & { readonly state: ReleaseState };

const summary = [
  ...(['kind', 'id', 'version', 'state', 'source', 'source_digest', 'served_digest', 'proposed_by', 'proposed_at_ms'] as const),
  ...(['state_by', 'state_at_ms', 'review_due_ms'] as const),
] as const;
const rowsAtOnce = 20;

/** Everything of the catalog that deciding needs: which release is current, who tries one, how each stands. */
export async function readStandings({ read }: ReleasesDatabase) {
  const [subjects, states] = await Promise.all([
    read.selectFrom('catalog_subjects').selectAll().execute(),
    read.selectFrom('catalog_releases').select(['kind', 'id', 'version', 'state', 'review_due_ms']).orderBy('proposed_at_ms').execute(),
  ]);
  return { subjects: subjects as readonly SubjectRow[], states };
}

/** Reads releases, newest first. */
export function readReleases({ read }: ReleasesDatabase) {
  const of = ({ kind, id, version }: ReleaseName) =>
    read.selectFrom('catalog_releases').where('kind', '=', kind).where('id', '=', id).where('version', '=', version);
  return {
    list: async (max: number): Promise<readonly ReleaseRow[]> =>
      (await read
        .selectFrom('catalog_releases')
        .select(summary)
        .orderBy('kind', 'desc')
        .orderBy('id')
        .orderBy('proposed_at_ms', 'desc')
        .limit(max)
        .execute()) as ReleaseRow[],
    of: async (kind: SubjectKind, id: string): Promise<readonly ReleaseRow[]> =>
      (await read.selectFrom('catalog_releases').select(summary).where('kind', '=', kind).where('id', '=', id).execute()) as ReleaseRow[],
    find: async (release: ReleaseName): Promise<ReleaseRow | undefined> =>
      (await of(release).select(summary).executeTakeFirst()) as ReleaseRow | undefined,
    async manifest(release: ReleaseName): Promise<ReleaseManifest | undefined> {
      const row = await of(release).select('manifest').executeTakeFirst();
      return row && (JSON.parse(row.manifest) as ReleaseManifest);
    },
    subject: async (kind: SubjectKind, id: string): Promise<SubjectRow | undefined> =>
      await read.selectFrom('catalog_subjects').selectAll().where('kind', '=', kind).where('id', '=', id).executeTakeFirst(),
    subjects: async (): Promise<readonly SubjectRow[]> => await read.selectFrom('catalog_subjects').selectAll().execute(),
    signOffs: async ({ kind, id, version }: ReleaseName): Promise<readonly SignOffRow[]> =>
      await read
        .selectFrom('catalog_sign_offs')
        .selectAll()
        .where('kind', '=', kind)
        .where('id', '=', id)
        .where('version', '=', version)
        .orderBy('at_ms')
        .execute(),
    async files(digests: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
      const found = new Map<string, Uint8Array>();
      for (let at = 0; at < digests.length; at += rowsAtOnce) {
        const some = digests.slice(at, at + rowsAtOnce);
        const rows = await read.selectFrom('catalog_files').selectAll().where('digest', 'in', some).execute();
        for (const { digest, bytes } of rows) found.set(digest, bytes);
      }
      return found;
    },
  };
}
export type ReleaseReader = ReturnType<typeof readReleases>;

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
