import pg from 'pg';

const connectionsMax = 4;
const idleMs = 30_000;
const lockTimeoutMs = 2_000;
const workMemory = '16MB';

/** Settings that no statement can change: there is no SET, and no function that sets. */
function settings(timeoutMs: number): string {
  const all = {
    default_transaction_read_only: 'on',
    statement_timeout: timeoutMs,
    transaction_timeout: timeoutMs + 5_000,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: timeoutMs + 5_000,
    search_path: 'public',
    row_security: 'on',
    standard_conforming_strings: 'on',
    client_encoding: 'UTF8',
    bytea_output: 'hex',
    DateStyle: 'ISO',
    IntervalStyle: 'postgres',
    xmloption: 'content',
    work_mem: workMemory,
    max_parallel_workers_per_gather: 0,
  };
  return Object.entries(all)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** Values as they are written, but for those that JSON has: the rest would lose digits or zones on the way. */
function parserOf(oid: number): (text: string) => unknown {
  if (oid === 16) return (text) => text === 't';
  if (oid === 21 || oid === 23 || oid === 26) return Number;
  if (oid === 700 || oid === 701) return (text) => (Number.isFinite(Number(text)) ? Number(text) : text);
  if (oid === 114 || oid === 3802) return (text) => JSON.parse(text) as unknown;
  return (text) => text;
}

/** Connections of one person with one release, as the account of the address, opened as they are needed. */
export function openPool(url: string, timeoutMs: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    options: settings(timeoutMs),
    max: connectionsMax,
    idleTimeoutMillis: idleMs,
    connectionTimeoutMillis: Math.min(timeoutMs, 10_000),
    application_name: 'trapkey',
    allowExitOnIdle: true,
    types: { getTypeParser: parserOf as never },
  });
  // A connection that breaks while nobody uses it is only taken out.
  pool.on('error', () => undefined);
  return pool;
}
