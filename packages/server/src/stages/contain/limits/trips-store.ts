import type { TripView } from '../../../kernel/limits.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import type { LimitTripsTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';
import type { LimitDatabase } from './store.ts';

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

/** Trips, newest first; of everybody, or of who tripped them or owns the limit. */
export async function readTrips(
  { read }: LimitDatabase,
  { state, concerning }: { readonly state: 'open' | 'all'; readonly concerning?: string | undefined },
  max: number,
): Promise<readonly TripView[]> {
  let query = read.selectFrom('limit_trips').selectAll();
  if (state === 'open') query = query.where('reset_at_ms', 'is', null);
  if (concerning !== undefined)
    query = query.where(({ eb, fn, or }) => or([eb('person', '=', concerning), eb(fn<string>('lower', ['owner']), '=', concerning)]));
  return (await query.orderBy('at_ms', 'desc').orderBy('id').limit(max).execute()).map(tripOf);
}

/** One of them. */
export async function readTrip({ read }: LimitDatabase, id: string): Promise<TripView | undefined> {
  const row = await read.selectFrom('limit_trips').selectAll().where('id', '=', id).executeTakeFirst();
  return row && tripOf(row);
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
