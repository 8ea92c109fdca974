import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, type DatabaseAddress, openDatabase } from '../../packages/server/src/storage/database.ts';

/** An empty database of one test, migrated and open. */
export interface FreshDatabase {
  readonly address: DatabaseAddress;
  readonly database: Database;
  /** Closes and deletes it. */
  readonly drop: () => Promise<void>;
}

/** Both databases, for `describe.each(databases)('… on $name', ({ fresh }) => …)`: every storage test runs on both. */
export const databases: readonly { readonly name: DatabaseAddress['kind']; readonly fresh: () => Promise<FreshDatabase> }[] = [
  { name: 'sqlite', fresh: () => open(freshSqlite()) },
  { name: 'postgres', fresh: async () => open(await freshPostgres(inject('postgresUrl'))) },
];

/** Where a new database is, not opened yet. */
export interface FreshAddress {
  readonly address: DatabaseAddress;
  readonly remove: () => Promise<void>;
}

/** A new SQLite file in a folder of its own. */
export function freshSqlite(): FreshAddress {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-test-'));
  return {
    address: { kind: 'sqlite', file: join(folder, 'trapkey.db') },
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A new database in the PostgreSQL at `url`. */
export async function freshPostgres(url: string): Promise<FreshAddress> {
  const name = `t_${process.pid}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`;
  await administer(url, `CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { address: { kind: 'postgres', url: own.href }, remove: () => administer(url, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function open({ address, remove }: FreshAddress): Promise<FreshDatabase> {
  const database = await openDatabase(address);
  const drop = async () => {
    await database.close();
    await remove();
  };
  return { address, database, drop };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
