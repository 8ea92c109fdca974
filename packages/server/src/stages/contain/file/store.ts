import type { Tx } from '../../../kernel/recorder.ts';
import type { StopFileView, StopKeyView } from '../../../kernel/stop-files.ts';
import type { Database } from '../../../storage/database.ts';
import type { StopFilesTable, StopKeysTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';

/** What of the database the stop files need. */
export type StopFilesDatabase = Pick<Database, 'read'>;

const listMax = 1_000;

/** Everything that a file is judged against. */
export interface KnownFiles {
  /** PEM by id, of keys that count now. */
  readonly keys: ReadonlyMap<string, string>;
  readonly people: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, StopFileView & { readonly key: string | null; readonly nonce: string | null }>;
}

/** Reads what files are judged against; two small tables. */
export async function readKnown({ read }: StopFilesDatabase): Promise<KnownFiles> {
  const [keys, files] = await Promise.all([
    read.selectFrom('stop_keys').selectAll().where('removed_at_ms', 'is', null).limit(listMax).execute(),
    read.selectFrom('stop_files').selectAll().orderBy('seen_at_ms', 'desc').limit(listMax).execute(),
  ]);
  return {
    keys: new Map(keys.map((row) => [row.id, row.public_key])),
    people: new Map(keys.map((row) => [row.id, row.person])),
    files: new Map(files.map((row) => [row.digest, { ...fileView(row), key: row.key, nonce: row.nonce }])),
  };
}

/** Every key that ever was, newest first. */
export async function readKeys({ read }: StopFilesDatabase): Promise<readonly StopKeyView[]> {
  return (await read.selectFrom('stop_keys').selectAll().orderBy('added_at_ms', 'desc').limit(listMax).execute()).map(keyView);
}

/** False where this key is registered already. A key that was removed comes back by being added again. */
export async function insertKey(tx: Tx, row: Omit<StopKeysTable, 'removed_at_ms' | 'removed_by'>): Promise<boolean> {
  const db = kyselyOf(tx);
  const found = await db.selectFrom('stop_keys').select('removed_at_ms').where('id', '=', row.id).executeTakeFirst();
  if (found && found.removed_at_ms === null) return false;
  await db.deleteFrom('stop_keys').where('id', '=', row.id).execute();
  await db
    .insertInto('stop_keys')
    .values({ ...row, removed_at_ms: null, removed_by: null })
    .execute();
  return true;
}

/** The key, where it was registered until now. */
export async function removeKey(tx: Tx, id: string, by: string, atMs: number): Promise<StopKeyView | undefined> {
  const row = await kyselyOf(tx)
    .updateTable('stop_keys')
    .set({ removed_at_ms: atMs, removed_by: by })
    .where('id', '=', id)
    .where('removed_at_ms', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row && keyView(row);
}

/** False where another node was first. */
export async function insertFile(tx: Tx, row: Omit<StopFilesTable, 'cleared_at_ms' | 'cleared_by' | 'clear_reason'>): Promise<boolean> {
  const taken = await kyselyOf(tx)
    .insertInto('stop_files')
    .values({ ...row, cleared_at_ms: null, cleared_by: null, clear_reason: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning('digest')
    .executeTakeFirst();
  return taken !== undefined;
}

/** The file, where it was refused and not cleared until now. */
export async function clearFile(
  tx: Tx,
  clear: { readonly digest: string; readonly by: string; readonly reason: string; readonly atMs: number },
): Promise<StopFileView | undefined> {
  const row = await kyselyOf(tx)
    .updateTable('stop_files')
    .set({ cleared_at_ms: clear.atMs, cleared_by: clear.by, clear_reason: clear.reason })
    .where('digest', '=', clear.digest)
    .where('state', '=', 'refused')
    .where('cleared_at_ms', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row && fileView(row);
}

/** A refused file that comes again after it was cleared counts anew. */
export async function refuseAgain(tx: Tx, digest: string, atMs: number): Promise<void> {
  const cleared = { cleared_at_ms: null, cleared_by: null, clear_reason: null };
  await kyselyOf(tx)
    .updateTable('stop_files')
    .set({ ...cleared, seen_at_ms: atMs })
    .where('digest', '=', digest)
    .execute();
}

function keyView(row: StopKeysTable): StopKeyView {
  return {
    id: row.id,
    person: row.person,
    publicKey: row.public_key,
    addedBy: row.added_by,
    addedAtMs: row.added_at_ms,
    removedAtMs: row.removed_at_ms ?? undefined,
  };
}

function fileView(row: StopFilesTable): StopFileView {
  return {
    digest: row.digest,
    file: row.file,
    state: row.state,
    stop: row.stop ?? undefined,
    says: row.says,
    seenAtMs: row.seen_at_ms,
    clearedAtMs: row.cleared_at_ms ?? undefined,
    clearedBy: row.cleared_by ?? undefined,
  };
}
