import { newId } from '../kernel/ids.ts';
import type { RunReader, RunWriter } from '../kernel/readers.ts';
import { insertRun, type RunDatabase, recentRuns, runById } from './store.ts';

/** The runs as one process knows them: person × release × profile, by session where there is one, else by idle gap. */
export interface Runs extends RunReader, RunWriter {
  /** Stored runs that were heard of since this was asked last, with when. */
  heard(): readonly HeardRun[];
}

/** When a run was last heard of. */
export interface HeardRun {
  readonly id: string;
  readonly lastAtMs: number;
}

interface Known {
  readonly id: string;
  readonly startedAtMs: number;
  lastAtMs: number;
  /** As stored. */
  keptAtMs: number;
  durable: boolean;
}

/** Whose run it is and with which release; undefined when it was never written. */
export async function findRun(
  database: RunDatabase,
  id: string,
): Promise<{ readonly person: string; readonly release: string } | undefined> {
  const row = await runById(database, id);
  return row && { person: row.person, release: `${row.plugin}@${row.version}` };
}

/**
 * Opens the runs. What is open is kept in memory, least recently used first out; after a restart a run goes on
 * when its last call was within the idle gap. Two processes may each begin one; neither ever carries two profiles.
 */
export async function openRuns(parts: {
  readonly database: RunDatabase;
  readonly clock: () => number;
  readonly idleMs?: number;
  readonly runsMax?: number;
}): Promise<Runs> {
  const { database, clock, idleMs = 8 * 3_600_000, runsMax = 20_000 } = parts;
  const runs = new Map<string, Known>();
  /** Stands last already. */
  let latest: Known | undefined;
  /** Begun here and not written yet; few, so that `written` needs no second index. */
  const unwritten = new Map<string, Known>();
  const rows = await recentRuns(database, clock() - idleMs, runsMax);
  for (const row of rows.toReversed()) {
    const who = { ...row, session: row.session ?? undefined, profile: row.profile ?? undefined };
    const lastAtMs = row.last_at_ms ?? row.started_at_ms;
    runs.set(keyOf(who), { id: row.id, startedAtMs: row.started_at_ms, lastAtMs, keptAtMs: lastAtMs, durable: true });
  }
  const begin = (key: string, atMs: number): Known => {
    const run = { id: newId('R'), startedAtMs: atMs, lastAtMs: atMs, keptAtMs: atMs, durable: false };
    unwritten.set(run.id, run);
    evict(unwritten, runsMax);
    runs.delete(key);
    runs.set(key, run);
    evict(runs, runsMax);
    return run;
  };
  return {
    current(who) {
      const key = keyOf(who);
      const known = runs.get(key);
      const run = known && who.atMs - known.lastAtMs < idleMs ? known : begin(key, who.atMs);
      run.lastAtMs = Math.max(run.lastAtMs, who.atMs);
      if (run !== latest) {
        runs.delete(key);
        runs.set(key, run);
        latest = run;
      }
      return { id: run.id, startedAtMs: run.startedAtMs, fresh: !run.durable };
    },
    write: insertRun,
    heard() {
      const heard: HeardRun[] = [];
      for (const run of runs.values()) {
        if (!run.durable || run.lastAtMs <= run.keptAtMs) continue;
        run.keptAtMs = run.lastAtMs;
        heard.push({ id: run.id, lastAtMs: run.lastAtMs });
      }
      return heard;
    },
    written(id) {
      const run = unwritten.get(id);
      if (run) run.durable = true;
      unwritten.delete(id);
    },
  };
}

/** The profile is part of it, so that another profile is another run. */
function keyOf(who: Omit<Parameters<RunReader['current']>[0], 'atMs'>): string {
  return JSON.stringify([who.person.toLowerCase(), who.plugin, who.version, who.profile ?? null, who.session ?? null]);
}

function evict(map: Map<string, unknown>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return;
    map.delete(key);
  }
}
