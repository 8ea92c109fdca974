import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../kernel/clock.ts';
import { RecordUnavailable } from '../kernel/errors.ts';
import type { Recorder } from '../kernel/recorder.ts';
import type { PolicySet } from '../kernel/rules.ts';
import type { TakeTelemetry, TelemetryEvent } from '../kernel/telemetry.ts';
import { personKey } from './announced/locate.ts';
import { promptEntry, promptRows } from './telemetry/prompts.ts';
import { reportedOf, reportsOf, requestsOf } from './telemetry/rows.ts';
import { type Epoch, note } from './telemetry/sequence.ts';
import { addSpend, loadSeen, mergeReported, type Place, saveSeen, writePrompts, writeRequests } from './telemetry/store.ts';
import type { OpenAgentTrees } from './tree/act.ts';
import type { TreeDatabase } from './tree/store.ts';

interface Parts {
  readonly database: TreeDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => PolicySet;
  readonly trees: Pick<OpenAgentTrees, 'foldIn' | 'forget'>;
  /** Counts what was spent against budgets. */
  readonly count: () => Promise<void>;
}

/** Opens the intake of telemetry: what a delivery tells is durable before it is answered; told again, it changes nothing. */
export function openTelemetry(parts: Parts): TakeTelemetry {
  const { recorder, clock, policy, trees } = parts;
  return async (delivery) => {
    const { events } = delivery;
    if (events.length === 0) return;
    const person = personKey(policy(), delivery.person);
    const of = { person, atMs: clock() };
    const sessions = new Set(events.map(({ session }) => session));
    const reports = reportsOf(of, events);
    const places = placesOf(events);
    const prompts = promptRows(recorder, reports);
    const [reported, requests] = [reportedOf(of, events, policy()), requestsOf(of, events, policy())];
    const committed = await recorder.commit({
      entries: [],
      sealed: prompts.sealed,
      steps: async (tx) => {
        const { seen, news } = numbered(await loadSeen(tx, person, [...sessions]), events);
        await saveSeen(tx, person, seen, { atMs: of.atMs, places });
        const entries = [...(await trees.foldIn(tx, person, reports)), ...skills(of, news)];
        const told = await writePrompts(tx, prompts.rows);
        await mergeReported(tx, reported);
        await addSpend(tx, await writeRequests(tx, requests));
        return { ok: true, entries: [...told.map((row) => promptEntry(row, 'telemetry')), ...entries] };
      },
    });
    if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
    trees.forget(person, sessions);
    // It is durable and marked: what cannot be counted now is counted by the next round of the work.
    if (requests.some(({ counted }) => counted === 0)) await parts.count().catch(() => undefined);
  };
}

/** The numbers of a delivery among those that came before, and the events whose numbers are new. */
function numbered(before: ReadonlyMap<string, readonly Epoch[]>, events: readonly TelemetryEvent[]) {
  const seen = new Map<string, readonly Epoch[]>();
  const news = events.filter(({ session, sequence, saidAtMs }) => {
    const epochs = seen.get(session) ?? before.get(session) ?? [];
    const noted = sequence === undefined ? { epochs, fresh: true } : note(epochs, sequence, saidAtMs);
    seen.set(session, noted.epochs);
    return noted.fresh;
  });
  return { seen, news };
}

/** Where each session runs, as it was told last. */
function placesOf(events: readonly TelemetryEvent[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const { session, device, client } of events) {
    const before = places.get(session);
    places.set(session, { device: device ?? before?.device ?? null, client: client ?? before?.client ?? null });
  }
  return places;
}

/** A skill that was started is told of its session; which calls it led to is not known. */
function skills(
  { person, atMs }: { readonly person: string; readonly atMs: number },
  events: readonly TelemetryEvent[],
): readonly EntryFields[] {
  return events
    .filter(({ name, skill }) => name === 'skill_activated' && skill !== undefined)
    .map(({ session, skill, agent }) => ({
      timestamp: rfc3339(atMs),
      kind: 'attributed',
      on_behalf_of: person,
      action: 'skill',
      session,
      ...(agent !== undefined && { agent: { id: agent } }),
      instructions: { skill: skill as string },
      assurance: { on_behalf_of: 'proved', session: 'claimed', 'instructions.skill': 'claimed' },
    }));
}
