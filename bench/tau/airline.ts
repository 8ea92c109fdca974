import type { Json, JsonObject } from '../../packages/contract/src/json.ts';

export interface TauTask {
  readonly user_id: string;
  readonly calls: readonly { readonly tool: string; readonly args: JsonObject; readonly result?: string }[];
}

/** One write with the reservation as it was, and the rules that it breaks. */
export interface TauCase {
  readonly source: string;
  readonly task: string | number;
  readonly trial?: number;
  readonly tool: string;
  readonly args: JsonObject;
  readonly violations: readonly string[];
  readonly needs: string | null;
  readonly api_error: string | null;
  readonly reservation?: JsonObject;
}

interface Leg {
  readonly origin: string;
  readonly destination: string;
}

/** What the airline's own systems say, gathered from every answer in the material: flights, and who pays with what. */
export function airlineOf(tasks: readonly TauTask[], cases: readonly TauCase[]) {
  const flights = new Map<string, Leg>();
  const profiles = new Map<string, Set<string>>();
  const pays = (user: string, id: unknown) => {
    if (typeof id !== 'string') return;
    profiles.set(user, (profiles.get(user) ?? new Set()).add(id));
  };
  const learn = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(learn);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { flight_number: flight, origin, destination, user_id: user, payment_history: history } = value as JsonObject;
    if (typeof flight === 'string' && typeof origin === 'string' && typeof destination === 'string')
      flights.set(flight, { origin, destination });
    if (typeof user === 'string' && Array.isArray(history)) for (const one of history) pays(user, (one as JsonObject)['payment_id']);
    Object.values(value as JsonObject).forEach(learn);
  };
  for (const { user_id: user, calls } of tasks)
    for (const { args, result, tool } of calls) {
      learn(args);
      const answer = parsed(result);
      learn(answer);
      for (const id of Object.keys(((answer as JsonObject | null)?.['payment_methods'] ?? {}) as JsonObject)) pays(user, id);
      // What the benchmark itself pays with is in the profile.
      if (['book_reservation', 'update_reservation_flights', 'update_reservation_baggages'].includes(tool))
        for (const one of [args, ...((args['payment_methods'] ?? []) as JsonObject[])]) pays(user, one['payment_id']);
    }
  for (const { reservation, args } of cases) learn([reservation ?? null, args]);
  return { flights, profiles };
}

function parsed(text: string | undefined): Json {
  try {
    return JSON.parse(text ?? 'null') as Json;
  } catch {
    return null;
  }
}

type Airline = ReturnType<typeof airlineOf>;

/** The state that a probe reads ahead of one write. `spent`: certificates that the same conversation used up. */
export function stateOf({ flights, profiles }: Airline, one: TauCase, spent: ReadonlySet<string>): JsonObject {
  const { reservation = {}, args } = one;
  const user = String(reservation['user_id'] ?? args['user_id'] ?? '');
  const legs = ((args['flights'] ?? []) as readonly JsonObject[]).map(({ flight_number: flight }) => flights.get(String(flight)));
  // Flights of a trip follow each other: one that is not in the material lies between its neighbours.
  const filled = legs.map((leg, at) => ({
    origin: leg?.origin ?? legs[at - 1]?.destination ?? '',
    destination: leg?.destination ?? legs[at + 1]?.origin ?? '',
  }));
  return {
    reservation,
    booked: ((reservation['flights'] ?? []) as readonly JsonObject[]).map(keyOf),
    payments: [...(profiles.get(user) ?? [])].filter((id) => !spent.has(id)),
    asked: ((args['flights'] ?? []) as readonly JsonObject[]).map(keyOf),
    legs: filled,
  };
}

function keyOf({ flight_number: flight, date }: JsonObject): string {
  return `${String(flight)} ${String(date)}`;
}
