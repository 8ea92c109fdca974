import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Kysely, sql } from 'kysely';
import { DatabaseUnavailable, UserError } from '../kernel/errors.ts';
import { connectSqlite, kyselyOverSqlite, statementsOf } from './dialects/sqlite.ts';
import { migrate } from './migrations/run.ts';
import type { Opened } from './opened.ts';
import type { Tables } from './tables.ts';
import { watchMarks } from './watch.ts';

const startWaitMs = 10_000;
const readWaitMs = 1_000;
/** Reads one number of the file's shared memory. */
const pollIntervalMs = 20;

/** The recorder's writing connection to the embedded store. */
export interface SqliteWriter {
  readonly connection: DatabaseSync;
  /** Prepared once each. */
  readonly statement: (sql: string) => StatementSync;
  /** For the steps of one commit; refuses to work once `live` says no. */
  readonly steps: (live: () => boolean) => Kysely<Tables>;
}

/** An open SQLite file. */
export interface SqliteDatabase extends Opened {
  readonly kind: 'sqlite';
  readonly file: string;
  readonly connect: () => SqliteWriter;
  /** Looks at once: this process committed something itself. */
  readonly wake: () => void;
}

/** Opens the embedded store. */
export async function openSqlite(file: string): Promise<SqliteDatabase> {
  try {
    await prepare(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new DatabaseUnavailable(
      `The database ${file} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      'Check that the folder can be written, that the disk has room, and that the file is a Trapkey database.',
    );
  }
  const reader = connectSqlite(file, { lockWaitMs: readWaitMs, write: false });
  const read = kyselyOverSqlite(statementsOf(reader));
  const version = reader.prepare('PRAGMA data_version');
  const changes = reader.prepare(
    'SELECT l.generation, l.changes, p.generation AS policy FROM latch l LEFT JOIN policy_pointer p ON p.id = 1 WHERE l.id = 1',
  );
  let seen: unknown;
  let marks = '';
  const watching = watchMarks(() => {
    const now = version.get()?.['data_version'];
    if (now !== seen) marks = JSON.stringify(changes.get());
    seen = now;
    return marks;
  }, pollIntervalMs);
  let serving: DatabaseSync | undefined;
  return {
    kind: 'sqlite',
    file,
    read,
    connect: () => connectSqliteWriter(file),
    watch: watching.watch,
    wake: watching.look,
    claim: async () => {
      serving ??= claim(file);
      return serving !== undefined;
    },
    close: async () => {
      watching.stop();
      serving?.close();
      reader.close();
    },
  };
}

/** Opens a writing connection to a store that was opened before. */
export function connectSqliteWriter(file: string): SqliteWriter {
  // No waiting for a lock here, because it would hold the whole process: the recorder tries again by itself.
  const connection = connectSqlite(file, { lockWaitMs: 0, write: true });
  const statement = statementsOf(connection);
  return { connection, statement, steps: (live) => kyselyOverSqlite(statement, live) };
}

/** One process migrates, the others wait for it. */
async function prepare(file: string): Promise<void> {
  const connection = connectSqlite(file, { lockWaitMs: startWaitMs, write: true });
  try {
    connection.exec('BEGIN IMMEDIATE');
    const db = kyselyOverSqlite(statementsOf(connection));
    await migrate(db, 'sqlite');
    await sql`select 1 from ledger limit 1`.execute(db);
    connection.exec('COMMIT');
  } finally {
    connection.close();
  }
}

/** An open transaction on a file of its own: the system ends it with the process, however that dies. */
function claim(file: string): DatabaseSync | undefined {
  const connection = connectSqlite(`${file}-serving`, { lockWaitMs: 0, write: true });
  try {
    connection.exec('BEGIN IMMEDIATE');
    return connection;
  } catch {
    connection.close();
    return undefined;
  }
}
