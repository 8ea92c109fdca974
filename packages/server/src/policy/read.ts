import type { Database } from '../storage/database.ts';
import type { PoliciesTable } from '../storage/tables.ts';
import type { PolicyFiles } from './compile/set.ts';

/** What of the database policy needs. */
export type PolicyDatabase = Pick<Database, 'read' | 'watch'>;

/** Which set runs. The generation moves with it, so that every process sees the change. */
export interface Pointer {
  readonly digest: string;
  readonly previous: string | undefined;
  readonly generation: number;
}

/** A set as stored: its files as they were written, lists included, environment not filled in. */
export interface StoredSet {
  readonly digest: string;
  readonly files: PolicyFiles;
  readonly state: PoliciesTable['state'];
  readonly atMs: number;
  readonly by: string;
  readonly note: string;
}

/** The running set's pointer; undefined before the first one is published. */
export async function readPointer(database: PolicyDatabase): Promise<Pointer | undefined> {
  const row = await database.read.selectFrom('policy_pointer').selectAll().where('id', '=', 1).executeTakeFirst();
  return row && { digest: row.digest, previous: row.previous ?? undefined, generation: Number(row.generation) };
}

/** One stored set. */
export async function readSet(database: PolicyDatabase, digest: string): Promise<StoredSet | undefined> {
  const row = await database.read.selectFrom('policies').selectAll().where('digest', '=', digest).executeTakeFirst();
  return row && storedOf(row);
}

/** The newest proposal that waits for `policy apply`. */
export async function readProposal(database: PolicyDatabase): Promise<StoredSet | undefined> {
  const row = await database.read
    .selectFrom('policies')
    .selectAll()
    .where('state', '=', 'proposed')
    .orderBy('created_at_ms', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && storedOf(row);
}

function storedOf(row: PoliciesTable): StoredSet {
  return {
    digest: row.digest,
    files: JSON.parse(row.files) as PolicyFiles,
    state: row.state,
    atMs: Number(row.created_at_ms),
    by: row.by,
    note: row.note,
  };
}

/** Who signed a set, as it was to follow the one that runs. */
export async function readSigns(database: PolicyDatabase, digest: string, running: string): Promise<readonly string[]> {
  const rows = await database.read
    .selectFrom('policy_signs')
    .select('person')
    .where('digest', '=', digest)
    .where('running', '=', running)
    .orderBy('at_ms')
    .limit(100)
    .execute();
  return rows.map(({ person }) => person);
}
