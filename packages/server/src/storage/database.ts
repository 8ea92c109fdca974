import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** Where the one database of this organization is. */
export type DatabaseAddress = { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly url: string };

interface Opened {
  /** Reads only, on connections of its own; every write goes through the recorder. */
  readonly read: Kysely<Tables>;
  /**
   * Calls back within about 100 ms when a commit with steps, a stop or a policy came from any process, and at every look
   * while the database cannot be read. Appended entries alone do not call it.
   */
  readonly watch: (onChange: () => void) => () => void;
  readonly close: () => Promise<void>;
}

/** An open SQLite file; `connect` opens the recorder's writing connection. */
export interface SqliteDatabase extends Opened {
  readonly kind: 'sqlite';
  readonly connect: () => DatabaseSync;
}

/** An open PostgreSQL database; `connect` opens the recorder's writing connection. */
export interface PostgresDatabase extends Opened {
  readonly kind: 'postgres';
  readonly connect: () => Promise<pg.Client>;
}

export type Database = SqliteDatabase | PostgresDatabase;

/** Opens the database and brings its schema up to date. A newer schema, or one that cannot be opened, is refused. */
export async function openDatabase(address: DatabaseAddress): Promise<Database> {
  return address.kind === 'sqlite' ? await openSqlite(address.file) : await openPostgres(address.url);
}
