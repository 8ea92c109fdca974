import type { Kysely } from 'kysely';
import type pg from 'pg';
import { DatabaseUnavailable, UserError } from '../kernel/errors.ts';
import { connectPostgres, kyselyOverPool, kyselyOverPostgres, readingPool } from './dialects/postgres.ts';
import { migrate } from './migrations/run.ts';
import type { Opened } from './opened.ts';
import type { Tables } from './tables.ts';
import { watchMarks } from './watch.ts';

const waits = { connectTimeoutMs: 3_000, statementTimeoutMs: 5_000 };
const pollIntervalMs = 100;
const connectionsMax = 8;
/** Any number that nobody else takes: two processes that start together migrate one after the other. */
const migrationLock = 7_268_455_391;
const servingLock = 7_268_455_392;
const claimWaitMs = 2_000;

/** On it the recorder says that stops, policies or tickets changed. */
const changedChannel = 'trapkey_changed';

/** The recorder's writing connection to the shared store. */
export interface PostgresWriter {
  readonly client: pg.Client;
  /** For the steps of one commit; refuses to work once `live` says no. */
  readonly steps: (live: () => boolean) => Kysely<Tables>;
  /** Wakes the watchers of every node when the transaction commits. */
  readonly notify: () => Promise<void>;
}

/** An open PostgreSQL database. */
export interface PostgresDatabase extends Opened {
  readonly kind: 'postgres';
  readonly connect: () => Promise<PostgresWriter>;
}

/** Opens the shared store. */
export async function openPostgres(url: string): Promise<PostgresDatabase> {
  try {
    await prepare(url);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new DatabaseUnavailable(
      `The PostgreSQL database cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      'Check its address, that it runs, and that the user may create tables in it.',
    );
  }
  const pool = readingPool(url, waits, connectionsMax);
  const text = 'SELECT l.generation, l.changes, p.generation AS policy FROM latch l LEFT JOIN policy_pointer p ON p.id = 1 WHERE l.id = 1';
  const marks = async () => JSON.stringify((await pool.query(text)).rows);
  const watching = watchMarks(marks, pollIntervalMs, (look) => listen(url, look));
  let serving: pg.Client | undefined;
  let alone = false;
  return {
    kind: 'postgres',
    read: kyselyOverPool(pool),
    connect: async () => {
      const client = await connectPostgres(url, waits);
      const notify = async () => void (await client.query(`SELECT pg_notify('${changedChannel}', '')`));
      return { client, notify, steps: (live) => kyselyOverPostgres(client, live) };
    },
    watch: watching.watch,
    claim: async () => {
      if (!serving) {
        serving = await connectPostgres(url, waits);
        alone = await claimIn(serving);
      }
      return alone;
    },
    close: async () => {
      await serving?.end().catch(() => {});
      watching.stop();
      await pool.end();
    },
  };
}

async function prepare(url: string): Promise<void> {
  const client = await connectPostgres(url, waits);
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    await migrate(kyselyOverPostgres(client), 'postgres');
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** Waits a moment, because a process that just died may not be gone for the server yet. */
async function claimIn(client: pg.Client): Promise<boolean> {
  const lock = (way: string) => client.query(`SELECT ${way}($1)`, [servingLock]);
  await client.query(`SET lock_timeout = ${claimWaitMs}`);
  const alone = await lock('pg_advisory_lock').then(
    () => true,
    () => false,
  );
  // Shared with the nodes that come later, so that each of them finds that it is not alone.
  await client.query('SET lock_timeout = 0');
  await lock('pg_advisory_lock_shared');
  if (alone) await lock('pg_advisory_unlock');
  return alone;
}

/** Hears of changes at once; the poll covers whatever is lost while the connection is down. */
function listen(url: string, heard: () => void): () => void {
  let stopped = false;
  let end = () => {};
  const connect = async () => {
    if (stopped) return;
    try {
      const client = await connectPostgres(url, waits);
      end = () => void client.end().catch(() => {});
      if (stopped) return end();
      client.on('notification', heard);
      client.on('end', again);
      await client.query(`LISTEN ${changedChannel}`);
    } catch {
      again();
    }
  };
  const again = () => void setTimeout(connect, 1_000).unref();
  void connect();
  return () => {
    stopped = true;
    end();
  };
}
