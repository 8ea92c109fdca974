import type { Entry } from '@trapkey/contract/entry.ts';
import type { Signal } from '../../kernel/alerts.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Tell } from '../../kernel/messages.ts';
import type { Recorder, StepResult, Tx } from '../../kernel/recorder.ts';
import { againAfterMs, applySignals, dueAgain } from './apply.ts';
import { grouped } from './kinds.ts';
import type { RaiseQueue } from './raise.ts';
import { type ObserveReader, openObserveReader } from './read.ts';
import { sendSignals } from './sends.ts';
import { type ObservingPolicy, signalOf } from './signals.ts';
import { type AlertDatabase, type AlertRow, type AlertStore, alertStore } from './store.ts';

const openMax = 1_000;
const alertsMax = 10_000;
const keptMs = 90 * 24 * 3_600_000;
/** Reading again what was no signal costs little; writing down that it was none, a commit. */
const unsavedEntriesMax = 20_000;

export interface Observing {
  readonly database: AlertDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => ObservingPolicy;
  readonly tell: Tell;
  readonly queue: RaiseQueue;
}

/** Reads the record forward and makes alerts of it. */
export interface Observer {
  /** One step; gives whether there may be more at once. What it takes is told exactly once, or is taken again. */
  step(): Promise<boolean>;
}

/** The cursor, the alerts, their messages and their entries are one transaction: of a crash nothing is lost, and nothing is twice. */
export function openObserver(parts: Observing): Observer {
  const { database, recorder, clock, policy, queue } = parts;
  const store = alertStore(database);
  const reader = openObserveReader(database);
  let [saved, at] = [Number.NaN, -1];
  let lookedAtMs = 0;
  return {
    async step() {
      if (Number.isNaN(saved)) [saved, at] = await store.cursor().then((entry) => [entry, entry]);
      const pulls = [...policy().connectors.values()].filter(({ alertRowsOver }) => alertRowsOver !== undefined).map(({ id }) => id);
      const { to, entries } = await reader.newer(at, pulls);
      const read = await signalsOf(entries, reader, policy());
      const raised = queue.take();
      const looks = clock() - lookedAtMs >= againAfterMs / 15;
      const open = looks ? (await store.open(openMax)).map(({ id }) => id) : [];
      const waits = read.length > 0 || raised.length > 0 || open.length > 0 || (await store.anySignal());
      if (!waits && to - saved < unsavedEntriesMax) {
        const more = to > at;
        at = to;
        if (looks) lookedAtMs = clock();
        return more;
      }
      const committed = await recorder
        .commit({ entries: [], steps: (tx) => write({ ...parts, store }, tx, { from: saved, to, signals: [...read, ...raised], open }) })
        .catch((error: unknown) => {
          queue.giveBack(raised);
          throw error;
        });
      if (committed.status === 'committed') {
        [saved, at] = [to, to];
        if (looks) lookedAtMs = clock();
        return true;
      }
      // Another process read on meanwhile: what it read it has told.
      queue.giveBack(raised);
      saved = Number.NaN;
      return true;
    },
  };
}

interface Step {
  readonly from: number;
  readonly to: number;
  readonly signals: readonly Signal[];
  /** Ids of open alerts that may have to be told again. */
  readonly open: readonly string[];
}

async function write(parts: Observing & { readonly store: AlertStore }, tx: Tx, step: Step): Promise<StepResult> {
  const { store, clock, policy, tell } = parts;
  if (!(await store.moveCursor(tx, step.from, step.to))) return { ok: false, conflict: 'read by another process' };
  const signals = grouped([...step.signals, ...(await store.takeSignals(tx))]);
  const atMs = clock();
  const known = signals.length === 0 ? [] : await store.ofScopes(tx, [...new Set(signals.map(({ scope }) => scope)), 'others']);
  const fitting = await withinRoom(store, tx, signals, known);
  const applied = applySignals(fitting, known, policy(), atMs);
  const rows = new Map(applied.rows.map((row) => [row.id, row]));
  const again = dueAgain(
    (await store.byIds(tx, step.open)).map((row) => rows.get(row.id) ?? row),
    atMs,
  );
  for (const row of again.rows) rows.set(row.id, row);
  await store.write(tx, [...rows.values()]);
  await tell(tx, [...applied.notices, ...again.notices]);
  await store.forget(tx, atMs - keptMs);
  return { ok: true, quiet: true, entries: [...applied.entries, ...again.entries] };
}

/** Past the limit, what has no alert yet is counted in one for each kind. */
async function withinRoom(store: AlertStore, tx: Tx, signals: readonly Signal[], known: readonly AlertRow[]): Promise<readonly Signal[]> {
  const isKnown = (one: Signal) => known.some(({ kind, scope }) => kind === one.kind && scope === one.scope);
  const room = alertsMax - (signals.every(isKnown) ? 0 : await store.count(tx));
  let opened = 0;
  return signals.map((one) => (isKnown(one) || ++opened <= room ? one : { ...one, scope: 'others' }));
}

async function signalsOf(entries: readonly Entry[], reader: ObserveReader, policy: ObservingPolicy): Promise<readonly Signal[]> {
  if (entries.length === 0) return [];
  const acted = entries.filter(({ kind }) => kind === 'admin' || kind === 'approved');
  const pseudonyms = acted.flatMap(({ on_behalf_of, approval, subject }) =>
    [on_behalf_of ?? [], approval?.split(':')[1] ?? [], subject?.split('person:')[1] ?? []].flat(),
  );
  const names = await reader.names([...new Set(pseudonyms)].slice(0, openMax));
  const signals = entries.flatMap((entry) => signalOf(entry, { policy, names }) ?? []);
  return [...signals, ...(await sendSignals(entries, reader))];
}

/** Steps in the background; a step that fails is made up for by the next. Returns how to end it, with what was raised last. */
export function observe(parts: Observing & { readonly everyMs?: number }): () => Promise<void> {
  const observer = openObserver(parts);
  let round: Promise<void> | undefined;
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped && (await observer.step()));
  };
  const timer = setInterval(() => {
    round ??= run()
      .catch(() => undefined)
      .finally(() => {
        round = undefined;
      });
  }, parts.everyMs ?? 500);
  timer.unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await round;
    await observer.step().catch(() => undefined);
  };
}
