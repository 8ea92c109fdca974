import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteDialect, type SqliteStatement } from 'kysely';
import type { Tables } from '../tables.ts';

const statementsMax = 500;
const openWaitMs = 5_000;

/** Opens a connection that survives kill -9 and power loss: every commit waits for the disk. */
export function connectSqlite(file: string, options: { readonly lockWaitMs: number; readonly write: boolean }): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Made before SQLite opens it, so that nobody else can read it even for a moment; its journals inherit the mode.
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const connection = new DatabaseSync(file, { timeout: openWaitMs, enableForeignKeyConstraints: true });
  connection.exec('PRAGMA journal_mode = WAL');
  connection.exec('PRAGMA synchronous = FULL');
  connection.exec('PRAGMA temp_store = MEMORY');
  // The first to open after a crash recovers the journal, and the others wait for it however little they wait later.
  connection.exec(`PRAGMA busy_timeout = ${Math.round(options.lockWaitMs)}`);
  // Pages of an index are written over and over: copied into the file less often, they are copied once for many changes.
  connection.exec('PRAGMA wal_autocheckpoint = 2000');
  if (!options.write) connection.exec('PRAGMA query_only = 1');
  return connection;
}

/** Prepares each statement of a connection once. */
export function statementsOf(connection: DatabaseSync): (sql: string) => StatementSync {
  const cache = new Map<string, StatementSync>();
  return (sql) => {
    const known = cache.get(sql);
    if (known) return known;
    if (cache.size >= statementsMax) cache.clear();
    const statement = connection.prepare(sql);
    cache.set(sql, statement);
    return statement;
  };
}

/** Kysely over an open connection's statements; whoever opened the connection closes it. `live` false: its transaction is over. */
export function kyselyOverSqlite(statement: (sql: string) => StatementSync, live: () => boolean = () => true): Kysely<Tables> {
  const prepare = (sql: string): SqliteStatement => {
    if (!live()) throw new Error('This transaction is over; nothing more can be written in it');
    return adapted(statement(sql));
  };
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: { prepare, close: () => {} } }) });
}

const adaptations = new WeakMap<StatementSync, SqliteStatement>();

/** Asking a statement for its columns costs more than most reads, so that it is done once. */
function adapted(statement: StatementSync): SqliteStatement {
  const known = adaptations.get(statement);
  if (known) return known;
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  const made: SqliteStatement = {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
  adaptations.set(statement, made);
  return made;
}
