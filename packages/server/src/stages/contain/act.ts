import type { Assurance } from '@trapkey/contract/codes.ts';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { StopSnapshot, StopView } from '../../kernel/readers.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { LocalStops } from '../../kernel/stop-files.ts';
import type { Stops } from '../../kernel/stops.ts';
import { scopeText } from './covers.ts';
import { inFlightCalls } from './inflight.ts';
import { openLease } from './lease/lease.ts';
import { type StopDatabase, stopStore } from './store.ts';

/** A reason is kept in the record for good; longer ones are cut. */
const reasonCharactersMax = 500;

/** Opens the stops. Until the first read succeeds they count as a full stop on everything. */
export async function openStops(parts: {
  readonly database: StopDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** Stops of this node alone: what its signed stop files say. */
  readonly local?: LocalStops;
  readonly callsMax?: number;
  readonly readTimeoutMs?: number;
  /** Milliseconds that only grow, also while this process is not let run. */
  readonly stopwatch?: () => number;
}): Promise<Stops> {
  const { database, recorder, clock, local, callsMax = 10_000, readTimeoutMs = 5_000, stopwatch = () => performance.now() } = parts;
  const store = stopStore(database);
  const calls = inFlightCalls(callsMax);
  let now: StopSnapshot = { generation: -1, stops: [], unreadable: true };
  let begun = 0;
  let shown = 0;
  const lease = openLease({ stopwatch, lost: () => calls.abortCovered(current()) });
  const current = (): StopSnapshot => (lease.holds() ? now : { ...now, unreadable: true });
  const snapshot = async (): Promise<StopSnapshot> => {
    // The files first: an order that was imported meanwhile is then seen in the database.
    const here = (await local?.read()) ?? [];
    const shared = await store.snapshot();
    return here.length === 0 ? shared : { ...shared, stops: [...shared.stops, ...here] };
  };
  const refresh = async (): Promise<void> => {
    const turn = ++begun;
    const beganMs = stopwatch();
    const read = await withinTime(snapshot(), readTimeoutMs).catch(() => undefined);
    // Of two reads side by side, the one that began first may be older; it must not win because it came last.
    if (turn < shown) return;
    shown = turn;
    now = read ?? { ...now, unreadable: true };
    if (read) lease.renew(beganMs);
    calls.abortCovered(current());
  };
  await refresh();
  return {
    current,
    refresh,
    leased: lease.start,
    signalFor: (call) => calls.add(call, current()),
    async engage({ scope, mode, by, reason, order }) {
      const stop: StopView = { id: order?.id ?? newId('S'), scope, mode, by: by.person, reason: reasonOf(reason), atMs: clock() };
      const entry = stopEntry('stop.engaged', stop, { person: by.person, assurance: by.assurance, reason: stop.reason, atMs: stop.atMs });
      await recorder.commit({
        entries: [order ? { ...entry, detail: `${entry.detail}; ${order.detail}` } : entry],
        steps: async (tx) => {
          const claimed = await order?.claim(tx);
          return claimed && !claimed.ok ? claimed : await store.insert(tx, stop);
        },
      });
      await refresh();
      return stop;
    },
    async release({ stop, by, reason }) {
      mayRelease(by.roles);
      const atMs = clock();
      const why = reasonOf(reason);
      let released: readonly StopView[] = [];
      const committed = await recorder.commit({
        entries: [],
        steps: async (tx) => {
          released = (await store.release(tx, stop, by.person, why, atMs)).released;
          if (released.length === 0) return { ok: false, conflict: 'not engaged' };
          const entry = (view: StopView) => stopEntry('stop.released', view, { person: by.person, assurance: 'proved', reason: why, atMs });
          return { ok: true, entries: released.map(entry) };
        },
      });
      await refresh();
      if (committed.status === 'committed') return released;
      const what = typeof stop === 'string' ? `Stop ${stop}` : `A stop on ${scopeText(stop)}`;
      throw new UserError(`${what} is not engaged. Nothing was changed.`, 'See what is engaged with `trapkey stop list`.');
    },
  };
}

function mayRelease(roles: readonly string[]): void {
  if (roles.includes('administrator')) return;
  throw new UserError('Releasing a stop needs an administrator. Nothing was changed.', 'Ask an administrator to run `trapkey release`.');
}

function reasonOf(reason: string): string {
  const words = reason.replaceAll(/\p{C}+/gu, ' ').trim();
  if (words === '') throw new UserError('A reason is needed. Nothing was changed.', 'Add `--reason "…"`.');
  return words.slice(0, reasonCharactersMax);
}

interface Act {
  readonly person: string;
  readonly assurance: Assurance;
  readonly reason: string;
  readonly atMs: number;
}

function stopEntry(action: 'stop.engaged' | 'stop.released', stop: StopView, act: Act): EntryFields {
  return {
    timestamp: rfc3339(act.atMs),
    kind: 'admin',
    action,
    subject: `${stop.id} ${scopeText(stop.scope)}`,
    detail: `mode ${stop.mode}`,
    on_behalf_of: act.person,
    reason: act.reason,
    assurance: { on_behalf_of: act.assurance },
    ...(stop.scope.kind === 'connector' && { connector: stop.scope.id }),
    ...(stop.scope.kind === 'run' && { run: stop.scope.id }),
  };
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
