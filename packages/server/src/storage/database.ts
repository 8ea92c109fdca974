import { openPostgres, type PostgresDatabase } from './postgres.ts';
import { openSqlite, type SqliteDatabase } from './sqlite.ts';

/** Where the one database of this organization is. */
export type DatabaseAddress = { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly url: string };

/** An open database. Stores read through `read`; only the recorder calls `connect`, which opens its writing connection. */
export type Database = SqliteDatabase | PostgresDatabase;

/** Opens the database and brings its schema up to date. A newer schema, or one that cannot be opened, is refused. */
export async function openDatabase(address: DatabaseAddress): Promise<Database> {
  return address.kind === 'sqlite' ? await openSqlite(address.file) : await openPostgres(address.url);
}
