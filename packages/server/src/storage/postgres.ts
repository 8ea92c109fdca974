import { UserError } from '../kernel/errors.ts';
import type { PostgresDatabase } from './database.ts';
import { connectPostgres, kyselyOverPool, kyselyOverPostgres, readingPool } from './dialects/postgres.ts';
import { migrate } from './migrations/run.ts';
import { poll } from './watch.ts';

const waits = { connectTimeoutMs: 3_000, statementTimeoutMs: 5_000 };
const pollIntervalMs = 100;
const connectionsMax = 8;
/** Any number that nobody else takes: two processes that start together migrate one after the other. */
const migrationLock = 7_268_455_391;

/** The channel on which the recorder says that stops, policies or tickets changed. */
export const changedChannel = 'trapkey_changed';

/** Opens the shared store. */
export async function openPostgres(url: string): Promise<PostgresDatabase> {
  try {
    await prepare(url);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `The PostgreSQL database cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      'Check its address, that it runs, and that the user may create tables in it.',
    );
  }
  const pool = readingPool(url, waits, connectionsMax);
  const text = 'SELECT l.generation, l.changes, p.generation AS policy FROM latch l LEFT JOIN policy_pointer p ON p.id = 1 WHERE l.id = 1';
  const marks = async () => JSON.stringify((await pool.query(text)).rows);
  const stops = new Set<() => void>();
  return {
    kind: 'postgres',
    read: kyselyOverPool(pool),
    connect: () => connectPostgres(url, waits),
    watch: (onChange) => {
      const polling = poll(marks, onChange, pollIntervalMs);
      const listening = listen(url, polling.look);
      const stop = () => {
        stops.delete(stop);
        polling.stop();
        listening();
      };
      stops.add(stop);
      return stop;
    },
    close: async () => {
      for (const stop of stops) stop();
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
