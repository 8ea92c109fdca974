import type { Charge } from '../../../kernel/limit-rules.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import type { Database } from '../../../storage/database.ts';
import type { LimitCountersTable, LimitRefusalsTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';
import { type Counter, emptyCounter } from './window.ts';

/** What of the database limits need. */
export type LimitDatabase = Pick<Database, 'read'>;

export type CounterRow = Readonly<LimitCountersTable>;
export type RefusalRow = Readonly<LimitRefusalsTable>;

const day = 24 * 3_600_000;
const countersMax = 5_000;
const purgedAtOnce = 500;

/** Reads a counter inside the record's transaction, which holds the tree's lock: nobody else changes it meanwhile. */
export async function counterIn(tx: Tx, key: string): Promise<Counter> {
  const row = await kyselyOf(tx).selectFrom('limit_counters').select('state').where('key', '=', key).executeTakeFirst();
  return row ? counterOf(row.state) : emptyCounter;
}

/** Writes a counter. */
export async function writeCounter(tx: Tx, { key, rule, scope, who, windowMs }: Charge, counter: Counter, nowMs: number): Promise<void> {
  // What counts within a run counts as long as one may last.
  const over = nowMs + (windowMs === undefined ? 400 * day : windowMs + day);
  const now = { state: JSON.stringify(counter), touched_at_ms: nowMs, over_at_ms: over };
  await kyselyOf(tx)
    .insertInto('limit_counters')
    .values({ key, rule: rule.id, scope, who, window_ms: windowMs ?? null, ...now })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(now))
    .execute();
}

/** Empties the counters of a scope; what processes hold in blocks of them stays counted. */
export async function emptyCounters(tx: Tx, scope: string, emptied: (counter: Counter) => Counter): Promise<void> {
  const db = kyselyOf(tx);
  const rows = await db.selectFrom('limit_counters').select(['key', 'state']).where('scope', '=', scope).execute();
  // Repeats have a counter for each call; all others have one.
  for (const { key, state } of rows)
    await db
      .updateTable('limit_counters')
      .set({ state: JSON.stringify(emptied(counterOf(state))) })
      .where('key', '=', key)
      .execute();
}

/** The counters that were used last. */
export async function readCounters({ read }: LimitDatabase, max: number): Promise<readonly CounterRow[]> {
  return await read.selectFrom('limit_counters').selectAll().orderBy('touched_at_ms', 'desc').limit(Math.min(max, countersMax)).execute();
}

/** A counter as it is stored. */
export function counterOf(state: string): Counter {
  return JSON.parse(state) as Counter;
}

/** What was refused since a moment; where a person was asked, only once they said no. */
export async function readRefusals({ read }: LimitDatabase, sinceMs: number, max: number): Promise<readonly RefusalRow[]> {
  return await read
    .selectFrom('limit_refusals')
    .leftJoin('tickets', 'tickets.id', 'limit_refusals.ticket')
    .selectAll('limit_refusals')
    .where('limit_refusals.at_ms', '>=', sinceMs)
    .where(({ eb, or }) => or([eb('limit_refusals.ticket', 'is', null), eb('tickets.state', '=', 'refused')]))
    .orderBy('limit_refusals.at_ms', 'desc')
    .limit(max)
    .execute();
}

export async function insertRefusal(tx: Tx, row: RefusalRow): Promise<void> {
  await kyselyOf(tx)
    .insertInto('limit_refusals')
    .values(row)
    .onConflict((conflict) => conflict.column('call').doNothing())
    .execute();
}

/** Forgets what cannot count any more, a bounded part at once; says whether there is more. */
export async function purge(tx: Tx, nowMs: number): Promise<boolean> {
  const db = kyselyOf(tx);
  const old = db.selectFrom('limit_counters').select('key').where('over_at_ms', '<', nowMs).orderBy('over_at_ms').limit(purgedAtOnce);
  const { numDeletedRows } = await db.deleteFrom('limit_counters').where('key', 'in', old).executeTakeFirst();
  await db
    .deleteFrom('limit_refusals')
    .where('at_ms', '<', nowMs - 2 * day)
    .execute();
  return numDeletedRows === BigInt(purgedAtOnce);
}
