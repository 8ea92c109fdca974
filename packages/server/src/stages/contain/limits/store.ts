import type { Charge } from '../../../kernel/limit-rules.ts';
import type { TripView } from '../../../kernel/limits.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import type { Database } from '../../../storage/database.ts';
import type { LimitCountersTable, LimitRefusalsTable, LimitTripsTable } from '../../../storage/tables.ts';
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
  const state = JSON.stringify(counter);
  await kyselyOf(tx)
    .insertInto('limit_counters')
    .values({ key, rule: rule.id, scope, who, state, window_ms: windowMs ?? null, touched_at_ms: nowMs })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ state, touched_at_ms: nowMs }))
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

/** The open breaker of a scope, inside the transaction that would trip it. */
export async function openTripIn(tx: Tx, scope: string): Promise<TripView | undefined> {
  const row = await kyselyOf(tx)
    .selectFrom('limit_trips')
    .selectAll()
    .where('scope', '=', scope)
    .where('reset_at_ms', 'is', null)
    .executeTakeFirst();
  return row && tripOf(row);
}

export async function insertTrip(tx: Tx, trip: TripView): Promise<void> {
  await kyselyOf(tx)
    .insertInto('limit_trips')
    .values({
      id: trip.id,
      rule: trip.rule,
      scope: trip.scope,
      who: trip.who,
      measure: trip.measure,
      text: trip.text,
      used: trip.used,
      max: trip.max,
      lost: trip.lost,
      mode: trip.mode,
      owner: trip.owner,
      at_ms: trip.atMs,
      rearm_at_ms: trip.rearmAtMs ?? null,
      person: trip.person ?? null,
      call: trip.call ?? null,
      run: trip.run ?? null,
      stop: null,
      request: null,
      reset_at_ms: null,
      reset_by: null,
      reset_reason: null,
    })
    .execute();
}

/** Names the stop or the request of a trip. */
export async function linkTrip(tx: Tx, id: string, to: { readonly stop?: string; readonly request?: string }): Promise<void> {
  await kyselyOf(tx).updateTable('limit_trips').set(to).where('id', '=', id).execute();
}

/** Closes a breaker that is open; nothing when somebody was first. */
export async function closeTrip(
  tx: Tx,
  id: string,
  to: { readonly reset_at_ms: number; readonly reset_by: string; readonly reset_reason: string },
): Promise<TripView | undefined> {
  const row = await kyselyOf(tx)
    .updateTable('limit_trips')
    .set(to)
    .where('id', '=', id)
    .where('reset_at_ms', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return row && tripOf(row);
}

/** Trips, newest first. */
export async function readTrips({ read }: LimitDatabase, state: 'open' | 'all', max: number): Promise<readonly TripView[]> {
  const all = read.selectFrom('limit_trips').selectAll().orderBy('at_ms', 'desc').orderBy('id').limit(max);
  return (await (state === 'open' ? all.where('reset_at_ms', 'is', null) : all).execute()).map(tripOf);
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

/** Forgets what cannot count any more; a bounded part at once. */
export async function purge(tx: Tx, nowMs: number): Promise<void> {
  const db = kyselyOf(tx);
  const old = await db
    .selectFrom('limit_counters')
    .select('key')
    .where(({ eb, or, and }) =>
      or([
        and([
          eb('window_ms', 'is not', null),
          eb('touched_at_ms', '<', eb.lit(nowMs - day)),
          eb(eb('touched_at_ms', '+', eb.ref('window_ms')), '<', nowMs - day),
        ]),
        eb('touched_at_ms', '<', nowMs - 400 * day),
      ]),
    )
    .limit(purgedAtOnce)
    .execute();
  if (old.length > 0)
    await db
      .deleteFrom('limit_counters')
      .where(
        'key',
        'in',
        old.map(({ key }) => key),
      )
      .execute();
  await db
    .deleteFrom('limit_refusals')
    .where('at_ms', '<', nowMs - 2 * day)
    .execute();
}

function tripOf(row: Readonly<LimitTripsTable>): TripView {
  return {
    id: row.id,
    rule: row.rule,
    measure: row.measure as TripView['measure'],
    scope: row.scope,
    who: row.who,
    text: row.text,
    used: row.used,
    max: row.max,
    lost: row.lost,
    mode: row.mode === 'freeze' ? 'freeze' : 'full',
    atMs: row.at_ms,
    rearmAtMs: row.rearm_at_ms ?? undefined,
    owner: row.owner,
    person: row.person ?? undefined,
    call: row.call ?? undefined,
    run: row.run ?? undefined,
    stop: row.stop ?? undefined,
    request: row.request ?? undefined,
    resetAtMs: row.reset_at_ms ?? undefined,
    resetBy: row.reset_by ?? undefined,
    resetReason: row.reset_reason ?? undefined,
  };
}
