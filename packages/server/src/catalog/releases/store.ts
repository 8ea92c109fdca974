import type { ReleaseName, ReleaseState, SubjectKind } from '../../kernel/release-standing.ts';
import type { ReleaseManifest } from '../../kernel/releases.ts';
import type { Database } from '../../storage/database.ts';
import type { CatalogReleasesTable, CatalogSignOffsTable, CatalogSubjectsTable } from '../../storage/tables.ts';

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

/**
 * Everything of the catalog that deciding needs: which release is current, who tries one, how each stands. The generation of the
 * latch is read first: what an act moved together with it is in what follows.
 */
export async function readStandings({ read }: ReleasesDatabase) {
  const { generation } = await read.selectFrom('latch').select('generation').where('id', '=', 1).executeTakeFirstOrThrow();
  const [subjects, states] = await Promise.all([
    read.selectFrom('catalog_subjects').selectAll().execute(),
    read.selectFrom('catalog_releases').select(['kind', 'id', 'version', 'state', 'review_due_ms']).orderBy('proposed_at_ms').execute(),
  ]);
  return { generation: Number(generation), subjects: subjects as readonly SubjectRow[], states };
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
