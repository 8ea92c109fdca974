import type { Clock } from '../../kernel/clock.ts';
import type { StopSnapshot } from '../../kernel/readers.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { LocalStops } from '../../kernel/stop-files.ts';
import type { RevokeTokens, Stops } from '../../kernel/stops.ts';
import { inFlightCalls } from './inflight.ts';
import { openLease } from './lease/lease.ts';
import { type ChangeParts, engager, lapser, releaser } from './stops/changes.ts';
import { coveringIn } from './stops/index.ts';
import type { StopPolicy } from './stops/releasing.ts';
import { showStop } from './stops/show.ts';
import { type StopDatabase, stopStore } from './store.ts';

/** What the stops of a process are opened over. */
export interface StopParts {
  readonly database: StopDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Who is who; without it nobody has an alias, and no organization is solo. */
  readonly policy?: (() => StopPolicy) | undefined;
  readonly revokeTokens?: RevokeTokens | undefined;
  /** Signs a checkpoint of the record; what goes wrong with it takes nothing back. */
  readonly checkpoint?: (() => Promise<unknown>) | undefined;
  /** Stops of this node alone: what its signed stop files say. */
  readonly local?: LocalStops;
  readonly callsMax?: number;
  readonly readTimeoutMs?: number;
  /** Milliseconds that only grow, also while this process is not let run. */
  readonly stopwatch?: () => number;
}

type Heard = Parameters<Stops['onChanged']>[0];

/** Opens the stops. Until the first read succeeds they count as a full stop on everything. */
export async function openStops(parts: StopParts): Promise<Stops> {
  const { database, recorder, clock, local, callsMax = 10_000, readTimeoutMs = 5_000, stopwatch = () => performance.now() } = parts;
  const store = stopStore(database);
  const calls = inFlightCalls(callsMax);
  const listeners = new Set<Heard>();
  let now: StopSnapshot = { generation: -1, stops: [], unreadable: true };
  let shared = now;
  let begun = 0;
  let shown = 0;
  const lease = openLease({ stopwatch, lost: () => void calls.abortCovered(current()) });
  const current = (): StopSnapshot => (lease.holds() ? now : { ...now, unreadable: true });
  const read = async () => {
    // The files first: an order that was imported meanwhile is then seen in the database.
    const here = (await local?.read()) ?? [];
    const ofAll = await store.snapshot();
    return { ofAll, whole: here.length === 0 ? ofAll : { ...ofAll, stops: [...ofAll.stops, ...here] } };
  };
  const refresh = async (): Promise<void> => {
    const turn = ++begun;
    const beganMs = stopwatch();
    const found = await withinTime(read(), readTimeoutMs).catch(() => undefined);
    // Of two reads side by side, the one that began first may be older; it must not win because it came last.
    if (turn < shown) return;
    shown = turn;
    const before = now;
    shared = found?.ofAll ?? shared;
    now = found ? sameAs(before, found.whole) : { ...now, unreadable: true };
    if (found) lease.renew(beganMs);
    const aborted = calls.abortCovered(current());
    if (now !== before) for (const heard of listeners) heard(now, before, aborted);
  };
  await refresh();
  const changing: ChangeParts = {
    recorder,
    clock,
    store,
    policy: parts.policy ?? (() => undefined),
    revokeTokens: parts.revokeTokens,
    engaged: () => shared.stops,
    async changed() {
      await refresh();
      // The stop stands without it, and the next checkpoint covers its entry.
      await parts.checkpoint?.().catch(() => undefined);
    },
  };
  return {
    current,
    refresh,
    leased: lease.start,
    signalFor: (call) => calls.add(call, current()),
    covering: (what) => coveringIn(current(), what),
    onChanged(heard) {
      listeners.add(heard);
      return () => void listeners.delete(heard);
    },
    engage: engager(changing),
    async release(act) {
      // What another process engaged a moment ago can be named too.
      await refresh();
      return await releaser(changing)(act);
    },
    lapse: lapser(changing),
    history: store.history,
    show: (id) => showStop({ database, store, clock }, id),
  };
}

/** The same object while nothing changed: indexes and listeners hang on it. */
function sameAs(before: StopSnapshot, read: StopSnapshot): StopSnapshot {
  if (before.unreadable || before.generation !== read.generation || before.stops.length !== read.stops.length) return read;
  return before.stops.every((stop, at) => stop.id === read.stops[at]?.id) ? before : read;
}

/** A read that hangs is a read that failed. */
async function withinTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('took too long')), timeoutMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
