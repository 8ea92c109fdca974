import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import pg from 'pg';
import type { Tables } from '../tables.ts';

const int8 = 20;
const numeric = 1700;

/** Integers as numbers: every one of ours is a count, a place or a time in milliseconds, far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === int8 || oid === numeric ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** How long the database may take before it counts as unavailable. */
export interface PostgresWaits {
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** A pool that can only read. */
export function readingPool(url: string, waits: PostgresWaits, connectionsMax: number): pg.Pool {
  const pool = new pg.Pool({
    ...config(url, waits),
    max: connectionsMax,
    options: '-c default_transaction_read_only=on',
  });
  // An idle connection that breaks is replaced at the next query; unheard, the event would end the process.
  pool.on('error', () => {});
  // One that is lent out is not the pool's to hear: the query of whoever has it fails, and that is told.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
}

/** One connection of its own, whose commits wait for the disk whatever the server's default is. */
export async function connectPostgres(url: string, waits: PostgresWaits): Promise<pg.Client> {
  const client = new pg.Client({ ...config(url, waits), options: '-c synchronous_commit=on' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

function config(url: string, { connectTimeoutMs, statementTimeoutMs }: PostgresWaits): pg.ClientConfig {
  return {
    connectionString: url,
    types,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    lock_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + connectTimeoutMs,
    // A node that is cut off inside its transaction holds the head of the record: it is let go well before whoever waits gives up.
    idle_in_transaction_session_timeout: Math.floor(statementTimeoutMs / 2),
    keepAlive: true,
    application_name: 'trapkey',
  };
}

/** Kysely over one open client; whoever opened the client ends it. `live` false: its transaction is over. */
export function kyselyOverPostgres(client: pg.Client, live: () => boolean = () => true): Kysely<Tables> {
  const query = (text: string, parameters: readonly unknown[]) => {
    if (!live()) throw new Error('This transaction is over; nothing more can be written in it');
    return client.query(text, parameters as unknown[]);
  };
  const connection = { query, release: () => {} };
  const pool = { connect: async () => connection, end: async () => {}, options: {} };
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pool as unknown as PostgresPool }) });
}

/** Kysely over a pool. */
export function kyselyOverPool(pool: pg.Pool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
