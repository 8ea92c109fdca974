import { openRehearsals } from './act.ts';
import { type Leading, lead } from './lead.ts';
import { measure, quietly } from './measure.ts';
import { claimLead, clockOffsetMs, insertPaths, lastAtMs, underWay } from './store.ts';
import type { Way } from './ways.ts';

interface Parts extends Omit<Leading, 'rehearsal' | 'nowMs'> {
  /** The ways into this node; a string says why one cannot be measured. */
  readonly ways: (rehearsal: string) => readonly (Way | { readonly path: string; readonly unmeasured: string })[];
  readonly watch: (changed: () => void) => () => void;
  readonly everyMs?: number;
  readonly lookMs?: number;
}

/** Weekly. */
const everyMsByDefault = 7 * 86_400_000;

/** Takes part in every rehearsal, leads those that nobody leads yet, and asks for one each week. Returns how to end it. */
export function startRehearsals(parts: Parts): () => Promise<void> {
  const { database, recorder, hostMs, watch, alarm, everyMs = everyMsByDefault, lookMs = 1_000 } = parts;
  const taken = new Set<string>();
  const running = new Set<Promise<void>>();
  const asked = openRehearsals({ database, recorder, clock: hostMs });
  let looking: Promise<void> | undefined;
  let stopped = false;
  const look = async (): Promise<void> => {
    const open = await underWay(database);
    if (open && !taken.has(open.id) && !stopped) {
      taken.add(open.id);
      const work = takePart(parts, open.id).catch((error: unknown) =>
        alarm(`The rehearsal ${open.id} could not be run: ${error instanceof Error ? error.message : String(error)}`),
      );
      const mine: Promise<void> = work.finally(() => running.delete(mine));
      running.add(mine);
    }
  };
  const soon = () => {
    looking ??= look()
      // Looked again with the next turn: what is broken is said by whoever needs the database for more.
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      });
  };
  const due = async () => {
    const last = await lastAtMs(database);
    if (last !== undefined && hostMs() >= last + everyMs) await asked.begin('weekly');
  };
  const unwatch = watch(soon);
  const timer = setInterval(soon, lookMs);
  const weekly = setInterval(() => void due().catch(() => undefined), Math.min(everyMs, 15 * 60_000));
  timer.unref();
  weekly.unref();
  return async () => {
    stopped = true;
    unwatch();
    clearInterval(timer);
    clearInterval(weekly);
    await looking;
    await Promise.race([Promise.all(running), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
  };
}

async function takePart(parts: Parts, rehearsal: string): Promise<void> {
  const { database, recorder, node, hostMs } = parts;
  const offsetMs = await clockOffsetMs(database, hostMs);
  const of = { ...parts, rehearsal, nowMs: () => hostMs() + offsetMs };
  const ways = parts.ways(rehearsal);
  const empty = { ready_at_ms: null, refused_at_ms: null, aborted_at_ms: null, back_at_ms: null };
  let leads = false;
  await quietly(recorder, async (tx) => {
    const row = (way: (typeof ways)[number]) =>
      'unmeasured' in way ? ({ state: 'unmeasured', says: way.unmeasured } as const) : ({ state: 'calling', says: '' } as const);
    await insertPaths(
      tx,
      ways.map((way) => ({ rehearsal, node, path: way.path, ...empty, ...row(way) })),
    );
    leads = await claimLead(tx, rehearsal, node);
  });
  const measuring = ways.flatMap((way) => ('unmeasured' in way ? [] : [measure(of, way)]));
  await Promise.all([...measuring, ...(leads ? [lead(of)] : [])]);
}
