import type { JsonObject } from '@trapkey/contract/json.ts';
import type { BatchRef, PendingStore } from './pending-store.ts';
import type { UnsealMany } from './proposal/opened.ts';

/** So many changes of one batch are shown in answers; an agent that staged more is told that not all are. */
const changesMax = 2_000;
const batchesMax = 200;

/** A staged change, as an answer can be shown through it. */
export interface PendingChange {
  readonly batch: string;
  readonly n: number;
  /** `connector.tool` */
  readonly tool: string;
  readonly args: JsonObject;
}

/** What a run staged and nobody made yet. */
export interface Pending {
  readonly changes: readonly PendingChange[];
  readonly batches: readonly string[];
  /** More were staged than are looked at, or some cannot be opened any more. */
  readonly more: boolean;
}

/** The batches that are not made yet, and what is in them; in memory, as of the last look at the database. */
export interface PendingBatches {
  /** Whether nothing is staged anywhere: then no answer is looked at. */
  empty(): boolean;
  /** The batches of a run. */
  of(runKey: string): readonly string[];
  /** What is in them; read once, and from then on only what came since. */
  changes(batches: readonly string[]): Promise<Pending>;
  /** Hears of one, once it is durable. */
  add(batch: BatchRef): void;
  /** Learns what other processes opened and what was closed. */
  refresh(): Promise<void>;
}

interface Held {
  readonly changes: PendingChange[];
  lastN: number;
  more: boolean;
}

/** Opens the memory of one process. */
export function pendingBatches(store: PendingStore, unseal: UnsealMany): PendingBatches {
  let byRun = new Map<string, readonly string[]>();
  const held = new Map<string, Held>();
  /** What was added while the database was asked: its answer may be older. */
  const asking = new Set<BatchRef[]>();
  const add = ({ id, run }: BatchRef): void => {
    const known = byRun.get(run) ?? [];
    if (!known.includes(id)) byRun.set(run, [...known, id]);
    for (const missed of asking) missed.push({ id, run });
  };
  const load = async (batch: string): Promise<Held> => {
    const one = held.get(batch) ?? { changes: [], lastN: 0, more: false };
    held.delete(batch);
    held.set(batch, one);
    for (const old of held.keys()) if (held.size > batchesMax) held.delete(old);
    const rows = one.changes.length >= changesMax ? [] : await store.stagedAfter(batch, one.lastN, changesMax + 1 - one.changes.length);
    const payloads = rows.length === 0 ? new Map() : await unseal(rows.map((row) => row.arguments));
    for (const { n, connector, tool, arguments: sealed } of rows) {
      if (n <= one.lastN) continue;
      one.lastN = n;
      const args: unknown = payloads.get(sealed)?.arguments;
      if (one.changes.length >= changesMax || typeof args !== 'object' || args === null) one.more = true;
      else one.changes.push({ batch, n, tool: `${connector}.${tool}`, args: args as JsonObject });
    }
    return one;
  };
  return {
    empty: () => byRun.size === 0,
    of: (run) => byRun.get(run) ?? [],
    add,
    async changes(batches) {
      const all = await Promise.all(batches.map(load));
      return { changes: all.flatMap(({ changes }) => changes), batches, more: all.some(({ more }) => more) };
    },
    async refresh() {
      const missed: BatchRef[] = [];
      asking.add(missed);
      const found = await store.unmade().finally(() => asking.delete(missed));
      const rows = [...found, ...missed];
      byRun = new Map();
      for (const row of rows) add(row);
      const there = new Set(rows.map(({ id }) => id));
      for (const id of held.keys()) if (!there.has(id)) held.delete(id);
    },
  };
}
