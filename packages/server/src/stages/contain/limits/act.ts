import { randomCrockford } from '../../../kernel/ids.ts';
import type { LimitDoor, LimitReader, Limits, SettleSpend, TripView } from '../../../kernel/limits.ts';
import { unprovedRunMs } from './charges.ts';
import { limitDesk } from './desk.ts';
import { limitDoor } from './door.ts';
import { engageMissing } from './following.ts';
import type { LimitParts, Opened } from './parts.ts';
import { openPockets } from './pockets.ts';
import { openRefusals } from './same-goal.ts';
import { settleSpendWith } from './spending.ts';
import { readRefusals } from './store.ts';
import { forget, giveBackStale, rearm } from './tending.ts';
import { readTrips } from './trips-store.ts';
import { heldElsewhere, leaseMs, lostAfterMs, usedOf } from './window.ts';

/** The limits as one process keeps them. */
export interface OpenLimits extends LimitDoor, Limits {
  readonly reader: LimitReader;
  readonly settleSpend: SettleSpend;
  /** Reads open breakers and refusals again. Never rejects: what cannot be read stays as it was, and reserving looks itself. */
  refresh(): Promise<void>;
  /** Gives blocks back, re-arms, engages stops that a crash left out, forgets what is long over. */
  tend(): Promise<void>;
  /** Gives every block back, for an end in order. */
  close(): Promise<void>;
}

const tripsMax = 5_000;
const refusalsMax = 5_000;
const forgetEveryMs = 3_600_000;

/** Opens the limits of one database. */
export async function openLimits(parts: LimitParts): Promise<OpenLimits> {
  const { database, clock } = parts;
  let open: ReadonlyMap<string, TripView> = new Map();
  let forgotAtMs = 0;
  const opened: Opened = {
    ...parts,
    holder: { node: randomCrockford(10), pockets: openPockets(), clock },
    refusals: openRefusals(parts.keys.names),
    seen: new Map(),
    added: (trip) => {
      open = new Map([...open, [trip.scope, trip]]);
    },
  };
  const refresh = async (): Promise<void> => {
    opened.seen.clear();
    const atMs = clock();
    const read = await Promise.all([
      readTrips(database, { state: 'open' }, tripsMax),
      readRefusals(database, atMs - unprovedRunMs, refusalsMax),
    ]).catch(() => undefined);
    if (!read) return;
    open = new Map(read[0].map((trip) => [trip.scope, trip]));
    opened.refusals.replace(read[1]);
  };
  await refresh();
  const reader: LimitReader = {
    open: () => open,
    refusedBefore: opened.refusals.find,
    known(charge, atMs) {
      const enforced = charge.rule.mode === 'enforce';
      const seen = opened.seen.get(charge.key);
      if (!seen || (enforced && (charge.units <= 1 || atMs - seen.atMs > leaseMs))) return undefined;
      if (enforced && heldElsewhere(seen.counter, opened.holder.node)) return undefined;
      const used = usedOf(seen.counter) - opened.holder.pockets.unused(charge.key);
      if (used + Math.max(1, charge.units) <= charge.rule.max) return undefined;
      return { charge, used, freeAtMs: undefined, trips: false, lost: 0 };
    },
  };
  const desk = limitDesk(opened, refresh);
  return {
    reader,
    refresh,
    ...limitDoor(opened, refresh),
    ...desk,
    settleSpend: settleSpendWith(opened, refresh),
    async tend() {
      await giveBackStale(opened, clock());
      await rearm(opened, [...open.values()], refresh);
      if (clock() < forgotAtMs + forgetEveryMs) return;
      if (await forget(opened)) return;
      forgotAtMs = clock();
      // A stop that was linked a moment ago may not have been heard of here; one is enough.
      await refresh();
      await engageMissing(opened, [...open.values()]);
    },
    close: () => giveBackStale(opened, clock() + lostAfterMs),
  };
}
