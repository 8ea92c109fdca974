import { sql } from 'kysely';
import { UserError } from '../kernel/errors.ts';
import type { SqliteDatabase } from './database.ts';
import { connectSqlite, kyselyOverSqlite } from './dialects/sqlite.ts';
import { migrate } from './migrations/run.ts';
import { poll } from './watch.ts';

const startWaitMs = 10_000;
const readWaitMs = 1_000;
const pollIntervalMs = 100;

/** Opens the embedded store. */
export async function openSqlite(file: string): Promise<SqliteDatabase> {
  try {
    await prepare(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `The database ${file} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      'Check that the folder can be written, that the disk has room, and that the file is a Trapkey database.',
    );
  }
  const reader = connectSqlite(file, { lockWaitMs: readWaitMs, write: false });
  const read = kyselyOverSqlite(reader);
  const version = reader.prepare('PRAGMA data_version');
  const changes = reader.prepare(
    'SELECT l.generation, l.changes, p.generation AS policy FROM latch l LEFT JOIN policy_pointer p ON p.id = 1 WHERE l.id = 1',
  );
  return {
    kind: 'sqlite',
    read,
    // Short, because waiting for the lock holds the whole process: the recorder tries again by itself.
    connect: () => connectSqlite(file, { lockWaitMs: 0, write: true }),
    watch: (onChange) => {
      let seen: unknown;
      let marks = '';
      const look = () => {
        const now = version.get()?.['data_version'];
        if (now !== seen) marks = JSON.stringify(changes.get());
        seen = now;
        return marks;
      };
      return poll(look, onChange, pollIntervalMs).stop;
    },
    close: async () => reader.close(),
  };
}

/** One process migrates, the others wait for it. */
async function prepare(file: string): Promise<void> {
  const connection = connectSqlite(file, { lockWaitMs: startWaitMs, write: true });
  try {
    connection.exec('BEGIN IMMEDIATE');
    const db = kyselyOverSqlite(connection);
    await migrate(db, 'sqlite');
    await sql`select 1 from ledger limit 1`.execute(db);
    connection.exec('COMMIT');
  } finally {
    connection.close();
  }
}
