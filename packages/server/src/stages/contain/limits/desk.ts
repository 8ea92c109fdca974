import { rfc3339 } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { LimitRule } from '../../../kernel/limit-rules.ts';
import type { Limits, TripView } from '../../../kernel/limits.ts';
import type { Opened } from './parts.ts';
import { counterOf, emptyCounters, readCounters } from './store.ts';
import { emptied } from './tending.ts';
import { resetSignal } from './tripping.ts';
import { closeTrip, readTrip, readTrips } from './trips-store.ts';
import { settledAt, usedOf } from './window.ts';

const reasonCharactersMax = 500;
const tripsMax = 1_000;

/** What people may do with limits: look, and reset what tripped. */
export function limitDesk(opened: Opened, refresh: () => Promise<void>): Limits {
  const { database, clock } = opened;
  return {
    async uses({ max }) {
      const rules = rulesById(opened);
      const open = new Map((await readTrips(database, { state: 'open' }, tripsMax)).map((trip) => [trip.scope, trip]));
      return (await readCounters(database, max)).flatMap((row) => {
        const rule = rules.get(row.rule);
        if (!rule) return [];
        const used = usedOf(settledAt(counterOf(row.state), row.window_ms ?? undefined, clock()));
        const { measure, text, max } = rule;
        return [{ key: row.key, rule: row.rule, who: row.who, measure, text, used, max, open: open.get(row.scope) }];
      });
    },
    trips: (filter) => readTrips(database, filter, tripsMax),
    async reset({ trip, by, reason }) {
      const found = await readTrip(database, trip);
      if (!found)
        throw new UserError(`There is no trip ${trip.slice(0, 40)}. Nothing was changed.`, 'See what tripped with `trapkey limits list`.');
      mayReset(opened, found, by);
      const why = reason
        .replaceAll(/\p{C}+/gu, ' ')
        .trim()
        .slice(0, reasonCharactersMax);
      if (why === '') throw new UserError('A reason is needed. Nothing was changed.', 'Add `--reason "…"`.');
      const closed = await close(opened, found, by.person, why);
      if (!closed) throw new UserError(`${trip} was reset already. Nothing was changed.`, 'See what is open with `trapkey limits list`.');
      await releaseStop(opened, closed, by.person, why);
      await refresh();
      return closed;
    },
  };
}

async function close({ recorder, clock, raise }: Opened, trip: TripView, person: string, reason: string): Promise<TripView | undefined> {
  const atMs = clock();
  let closed: TripView | undefined;
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      closed = await closeTrip(tx, trip.id, { reset_at_ms: atMs, reset_by: person, reset_reason: reason });
      if (!closed) return { ok: false, conflict: 'reset already' };
      await emptyCounters(tx, closed.scope, emptied);
      await raise?.(tx, resetSignal(closed));
      const entry = {
        timestamp: rfc3339(atMs),
        kind: 'admin',
        action: 'limit.reset',
        subject: closed.id,
        rule: closed.rule,
        on_behalf_of: person,
        reason,
        assurance: { on_behalf_of: 'proved' },
      } as const;
      return { ok: true, entries: [entry] };
    },
  });
  return closed;
}

/** The stop of a trip was engaged by the limit, and goes with it; one that somebody released before is gone already. */
async function releaseStop({ stops, alarm }: Opened, { id, stop }: TripView, person: string, reason: string): Promise<void> {
  if (stop === undefined) return;
  try {
    await stops.release({ stop, by: { person, roles: ['administrator'] }, reason: `${reason} (reset of ${id})` });
  } catch (error) {
    if (!(error instanceof UserError)) alarm?.(`The stop ${stop} of ${id} could not be released: ${String(error)}`);
  }
}

/** Its owner, or an administrator; never the one whose call tripped it, where there is somebody else. */
function mayReset({ policy }: Opened, trip: TripView, by: { readonly person: string; readonly roles: readonly string[] }): void {
  const { directory } = policy();
  const id = (name: string) => directory.get(name.trim().toLowerCase())?.id.toLowerCase() ?? name.trim().toLowerCase();
  if (by.roles.includes('administrator') || id(trip.owner) === id(by.person)) return;
  throw new UserError(`${trip.id} is reset by ${trip.owner} or an administrator. Nothing was changed.`, `Ask ${trip.owner}.`);
}

function rulesById({ policy }: Opened): ReadonlyMap<string, LimitRule> {
  const { limits } = policy();
  if (!limits) return new Map();
  const all = [limits.byPlugin, limits.byConnector, limits.byTool, limits.byProfile].flatMap((by) => [...by.values()].flat());
  return new Map(all.map((rule) => [rule.id, rule]));
}
