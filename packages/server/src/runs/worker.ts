import type { Raise, RaiseIn } from '../kernel/alerts.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Recorder } from '../kernel/recorder.ts';
import type { CallNotes } from './telemetry/calls.ts';
import { missing, readEpochs } from './telemetry/sequence.ts';
import { type SettleWaits, settleReported } from './telemetry/settle.ts';
import { forgetBefore, hasGaps, silentSources, takeGaps } from './telemetry/settle-store.ts';
import type { TreeDatabase } from './tree/store.ts';

/** How long things may be late before somebody is told. */
export interface RunWaits extends SettleWaits {
  readonly gapAfterMs: number;
  /** Calls go on and telemetry does not. */
  readonly silentAfterMs: number;
  /** How often all of this is looked at. */
  readonly everyMs: number;
}

const hourMs = 3_600_000;
/** Who sent nothing for a day has stopped sending. */
const sourceMs = 24 * hourMs;
const keepJoinsMs = 2 * sourceMs;
const keepSessionsMs = 90 * sourceMs;
const gapsMax = 500;

export const runWaits: RunWaits = {
  joinAfterMs: 15_000,
  bypassAfterMs: 90_000,
  gapAfterMs: 120_000,
  silentAfterMs: 15 * 60_000,
  everyMs: 5_000,
};

interface Parts {
  readonly database: TreeDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly notes: CallNotes;
  readonly raise: Raise;
  readonly raiseIn: RaiseIn;
  /** Counts what was spent and is not counted yet. */
  readonly count: () => Promise<void>;
  readonly waits?: RunWaits;
}

/** One round of the work: what is joined, what is missing, who is silent. */
async function tendRuns(parts: Parts, silent: Map<string, number>): Promise<void> {
  const { database, recorder, clock, notes, raise, raiseIn, waits = runWaits } = parts;
  await notes.flush();
  await parts.count();
  await settleReported({ database, recorder, clock, raise: raiseIn, waits });
  const nowMs = clock();
  if (await hasGaps(database, nowMs - waits.gapAfterMs)) {
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        for (const { person, session, seen } of await takeGaps(tx, nowMs - waits.gapAfterMs, gapsMax)) {
          const count = missing(readEpochs(seen));
          const says = `Of the telemetry of ${person} in session ${session}, ${count} events never arrived: what was spent and who called there is known in part. Calls through the gateway are recorded all the same.`;
          await raiseIn(tx, { kind: 'intake_gap', scope: `telemetry:${person}`, says, count });
        }
        return { ok: true, quiet: true };
      },
    });
  }
  for (const { person, toldAtMs } of await silentSources(database, nowMs, { sourceMs, silentMs: waits.silentAfterMs })) {
    if (silent.get(person) === toldAtMs) continue;
    if (silent.size > 10_000) silent.clear();
    silent.set(person, toldAtMs);
    const says = `${person} goes on calling tools, and telemetry of their client has not come for ${Math.round((nowMs - toldAtMs) / 60_000)} minutes: budgets in money and tokens do not see what is spent. Look at the client's OTEL settings and its network.`;
    raise({ kind: 'source_silent', scope: `telemetry:${person}`, says });
  }
}

/** Works on runs until it is ended; a round that fails is tried again by the next. */
export function workOnRuns(
  parts: Parts & { readonly watch: (changed: () => void) => () => void; readonly refresh: () => void },
): () => Promise<void> {
  const { notes, recorder, clock, watch, refresh } = parts;
  const silent = new Map<string, number>();
  let working: Promise<unknown> = Promise.resolve();
  const later = (work: () => Promise<unknown>) => {
    working = working.then(work).catch(() => undefined);
  };
  const flushing = setInterval(() => later(() => notes.flush()), 1_000).unref();
  const tending = setInterval(() => later(() => tendRuns(parts, silent)), (parts.waits ?? runWaits).everyMs).unref();
  const forgetting = setInterval(() => {
    const old = { joinsMs: clock() - keepJoinsMs, sessionsMs: clock() - keepSessionsMs };
    later(() => recorder.commit({ entries: [], steps: (tx) => forgetBefore(tx, old).then(() => ({ ok: true, quiet: true })) }));
  }, hourMs).unref();
  const unwatch = watch(refresh);
  return async () => {
    for (const timer of [flushing, tending, forgetting]) clearInterval(timer);
    unwatch();
    await working;
    await notes.flush();
  };
}
