import type pg from 'pg';
import type { Driver, Ran, Reading } from '../driver.ts';
import { failureWords } from './words.ts';

/** A plan that costs more is not run: about what reading and sorting some ten million rows costs. */
const planCostMax = 5_000_000;
const fetchRowsMax = 1_000;

interface Plan {
  readonly 'QUERY PLAN': readonly { readonly Plan: { readonly 'Total Cost': number } }[];
}

class TooDear extends Error {}
class TooLarge extends Error {}

/** One statement over the extended protocol: what is in it beyond the first is an error there too. */
async function one(client: pg.PoolClient, text: string): Promise<pg.QueryArrayResult> {
  return await client.query({ text, values: [], rowMode: 'array', queryMode: 'extended' } as pg.QueryArrayConfig);
}

/** Runs `work` on a connection that is cancelled with the signal, and closed when more comes than may. */
async function within<T>(
  pool: pg.Pool,
  { signal, bytesMax }: Pick<Reading, 'signal' | 'bytesMax'>,
  work: (client: pg.PoolClient) => Promise<T>,
) {
  signal.throwIfAborted();
  const client = await pool.connect();
  const { connection, processID } = client as unknown as {
    readonly connection: { readonly stream: NodeJS.EventEmitter & { destroy(error: Error): void } };
    readonly processID: number;
  };
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > 2 * bytesMax + 65_536) connection.stream.destroy(new TooLarge('the answer is too large'));
  };
  const cancel = (): void => void pool.query('select pg_catalog.pg_cancel_backend($1)', [processID]).catch(() => undefined);
  // A connection that breaks in use fails its query; unheard, it would end the process.
  const heard = (): void => undefined;
  client.on('error', heard);
  connection.stream.on('data', count);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work(client);
  } finally {
    signal.removeEventListener('abort', cancel);
    connection.stream.off('data', count);
    // The answer does not wait for it. A connection that was cancelled may still get the cancel: nobody uses it again.
    void client.query('rollback').then(
      () => {
        client.off('error', heard);
        client.release(signal.aborted);
      },
      () => client.release(true),
    );
  }
}

/** Reads through a cursor, no more than asked for. */
export function reader(pool: pg.Pool): Driver['read'] {
  return async (sql, reading) => {
    try {
      return await within(pool, reading, async (client) => {
        await client.query('begin transaction isolation level repeatable read, read only');
        return /^\s*explain\b/i.test(sql) ? shaped(await one(client, sql)) : await fetchAll(client, sql, reading);
      });
    } catch (error) {
      return failed(error, reading);
    }
  };
}

async function fetchAll(client: pg.PoolClient, sql: string, { rowsMax, bytesMax }: Reading): Promise<Ran> {
  const plan = (await client.query<Plan>({ text: `explain (format json) ${sql}`, values: [], queryMode: 'extended' } as pg.QueryConfig))
    .rows[0];
  if ((plan?.['QUERY PLAN'][0]?.Plan['Total Cost'] ?? Number.POSITIVE_INFINITY) > planCostMax) throw new TooDear();
  await one(client, `declare trapkey no scroll cursor without hold for ${sql}`);
  const rows: unknown[][] = [];
  let bytes = 0;
  for (;;) {
    const wanted = Math.min(fetchRowsMax, rowsMax + 1 - rows.length);
    const page = await one(client, `fetch forward ${wanted} from trapkey`);
    for (const row of page.rows) {
      bytes += size(row);
      if (bytes > bytesMax || rows.length === rowsMax) return { ...shaped(page), rows, cut: bytes > bytesMax ? 'bytes' : 'rows' };
      rows.push(row);
    }
    if (page.rows.length < wanted) return { ...shaped(page), rows };
  }
}

function size(row: readonly unknown[]): number {
  let bytes = 2;
  for (const value of row)
    bytes += typeof value === 'string' ? value.length + 4 : typeof value === 'object' ? JSON.stringify(value).length : 12;
  return bytes;
}

function shaped({ fields, rows }: pg.QueryArrayResult): Extract<Ran, { kind: 'rows' }> {
  const columns = fields.map(({ name, dataTypeID, tableID, columnID }) => ({
    name,
    type: typeNames[dataTypeID] ?? 'text',
    origin: tableID > 0 ? { table: tableID, number: columnID } : undefined,
  }));
  return { kind: 'rows', columns, rows: rows as unknown[][], cut: undefined };
}

const typeNames: Readonly<Record<number, string>> = {
  ...{ 16: 'boolean', 17: 'bytea', 20: 'bigint', 21: 'smallint', 23: 'integer', 25: 'text', 114: 'json', 700: 'real', 701: 'double' },
  ...{ 1043: 'varchar', 1082: 'date', 1083: 'time', 1114: 'timestamp', 1184: 'timestamptz', 1186: 'interval', 1700: 'numeric' },
  ...{ 2950: 'uuid', 3802: 'jsonb' },
};

function failed(error: unknown, { signal, bytesMax }: Pick<Reading, 'signal' | 'bytesMax'>): Ran {
  if (signal.aborted) throw signal.reason;
  if (error instanceof TooDear)
    return {
      kind: 'failed',
      denied: false,
      says: 'The database expects this to cost too much; narrow it, or join on what ties the tables',
    };
  if (error instanceof TooLarge || (error as { readonly cause?: unknown } | null)?.cause instanceof TooLarge)
    return { kind: 'failed', denied: false, says: `The answer is over ${bytesMax} bytes; ask for less` };
  return { kind: 'failed', ...failureWords(error) };
}

/** Runs a change in a transaction of its own, which is taken back unless it is kept. */
export function changer(pool: pg.Pool): Driver['change'] {
  return async (sql, { tool, signal }) => {
    const bounds = { signal, bytesMax: 1_048_576 };
    try {
      return await within(pool, bounds, async (client) => {
        await client.query('begin transaction isolation level read committed, read write');
        const { rowCount } = await one(client, sql);
        if (tool !== 'count_changes') await client.query('commit');
        return { kind: 'rows', columns: [], rows: [], cut: undefined, changed: rowCount ?? 0 } as const;
      });
    } catch (error) {
      return failed(error, bounds);
    }
  };
}
