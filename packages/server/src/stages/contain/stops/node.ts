import { rfc3339 } from '../../../kernel/clock.ts';
import { randomCrockford } from '../../../kernel/ids.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { Stops } from '../../../kernel/stops.ts';
import { insertConfirmations, insertNode, markNode, type NewNode } from './nodes-store.ts';

interface NodeParts {
  readonly stops: Pick<Stops, 'current' | 'onChanged' | 'lapse'>;
  readonly recorder: Recorder;
  readonly clock: () => number;
  readonly about: Pick<NewNode, 'host' | 'pid' | 'version'>;
  readonly alarm: (says: string) => void;
  readonly everyMs?: number;
  readonly seenEveryMs?: number;
}

/** A process that serves: known by an id while it lives. */
export interface ServingNode {
  readonly id: string;
  stop(): Promise<void>;
}

/**
 * Makes this process known, confirms each stop once it is applied here, and ends those whose time is over. What could not
 * be written is tried again; nothing waits for it.
 */
export async function serveNode(parts: NodeParts): Promise<ServingNode> {
  const { stops, recorder, clock, about, alarm, everyMs = 1_000, seenEveryMs = 15_000 } = parts;
  const id = `N-${randomCrockford(10)}`;
  const applied = new Map<string, number>();
  const confirmed = new Set<string>();
  let seenAtMs = clock();
  let working: Promise<unknown> = Promise.resolve();
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      await insertNode(tx, { id, ...about, started_at_ms: seenAtMs, seen_at_ms: seenAtMs });
      return { ok: true, quiet: true };
    },
  });
  const confirm = async (): Promise<void> => {
    const now = new Map(applied);
    if (now.size === 0) return;
    const atMs = clock();
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        const fresh = await insertConfirmations(tx, id, atMs, now);
        return { ok: true, quiet: true, entries: fresh.map((stop) => confirmation(stop, id, now.get(stop) ?? 0, atMs)) };
      },
    });
    for (const stop of now.keys()) if (applied.delete(stop)) confirmed.add(stop);
  };
  const note = (ended: ReadonlyMap<string, number>): void => {
    const { stops: engaged, unreadable } = stops.current();
    if (unreadable) return;
    const here = new Set(engaged.map((stop) => stop.id));
    for (const stop of confirmed) if (!here.has(stop)) confirmed.delete(stop);
    for (const stop of here) if (!confirmed.has(stop)) applied.set(stop, (applied.get(stop) ?? 0) + (ended.get(stop) ?? 0));
    queue(confirm);
  };
  const queue = (work: () => Promise<unknown>): void => {
    // A round that fails is tried again by the next; what cannot be written is said elsewhere.
    working = working.then(work).catch(() => undefined);
  };
  const unhear = stops.onChanged((_now, _before, ended) => note(ended));
  note(new Map());
  const timer = setInterval(() => {
    queue(async () => {
      for (const stop of await stops.lapse()) alarm(`Stop ${stop.id} ended: its time is over.`);
    });
    queue(confirm);
    if (clock() - seenAtMs < seenEveryMs) return;
    seenAtMs = clock();
    queue(() => mark(recorder, id, seenAtMs, false));
  }, everyMs);
  timer.unref();
  return {
    id,
    async stop() {
      clearInterval(timer);
      unhear();
      queue(() => mark(recorder, id, clock(), true));
      await working;
    },
  };
}

function confirmation(stop: string, node: string, aborted: number, atMs: number) {
  const detail = `${node} refuses what it covers; ${aborted} calls in flight ended`;
  return { timestamp: rfc3339(atMs), kind: 'admin', action: 'stop.confirmed', subject: stop, detail } as const;
}

function mark(recorder: Recorder, id: string, atMs: number, ended: boolean) {
  return recorder.commit({
    entries: [],
    steps: async (tx) => {
      await markNode(tx, id, atMs, ended);
      return { ok: true, quiet: true };
    },
  });
}
