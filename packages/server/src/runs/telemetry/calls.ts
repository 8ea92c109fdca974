import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { isOfCanary } from '../../kernel/rehearsal.ts';
import type { UsedTool } from '../../kernel/used.ts';
import { heightOf } from '../tiers.ts';
import { addUsed } from '../used/store.ts';
import { addCounts, type RunCount, type ToolUse, writeToolUses } from './calls-store.ts';

const waitingMax = 100_000;

/** Calls as the record tells of them once they are durable: counted by run and by tool, and known by the client's id of them. */
export interface CallNotes {
  note(entries: readonly EntryFields[]): void;
  /** Writes what waits. What cannot be written waits for the next time. */
  flush(): Promise<void>;
}

/** Opens them. What a crash loses is found in the record again before anybody is alarmed. */
export function noteCalls(parts: {
  readonly recorder: Pick<Recorder, 'commit'>;
  /** The one id of a person, whichever alias an entry has. */
  readonly personOf: (name: string) => string;
}): CallNotes {
  let uses = new Map<string, ToolUse>();
  let counts = new Map<string, RunCount>();
  let tools = new Map<string, UsedTool>();
  let flushing: Promise<void> = Promise.resolve();
  const write = async () => {
    if (uses.size === 0 && counts.size === 0 && tools.size === 0) return;
    const [some, sums, used] = [uses, counts, tools];
    [uses, counts, tools] = [new Map(), new Map(), new Map()];
    try {
      const committed = await parts.recorder.commit({
        entries: [],
        steps: async (tx) => {
          await writeToolUses(tx, [...some.values()]);
          await addCounts(tx, [...sums.values()]);
          await addUsed(tx, [...used.values()]);
          return { ok: true, quiet: true };
        },
      });
      if (committed.status !== 'committed') throw new Error(committed.status);
    } catch {
      for (const [key, use] of some) if (uses.size < waitingMax) uses.set(key, use);
      for (const [key, one] of used) if (tools.size < waitingMax) tools.set(key, usedMore(one, tools.get(key)));
      for (const sum of sums.values()) if (counts.size < waitingMax) counts.set(sum.run, added(sum, counts.get(sum.run)));
    }
  };
  return {
    note(entries) {
      for (const entry of entries) {
        const { kind, call, run, tool_use, on_behalf_of: person } = entry;
        if (kind !== 'decided' || call === undefined) continue;
        const atMs = Date.parse(entry.timestamp);
        if (run !== undefined && (counts.has(run) || counts.size < waitingMax))
          counts.set(run, added(countOf(entry, run, atMs), counts.get(run)));
        const used = usedBy(entry, atMs);
        if (used && (tools.has(used.key) || tools.size < waitingMax)) tools.set(used.key, usedMore(used.tool, tools.get(used.key)));
        if (tool_use === undefined || person === undefined || uses.size >= waitingMax) continue;
        const id = parts.personOf(person);
        uses.set(`${id}\n${tool_use}`, { person: id, tool_use, call, run: run ?? null, at_ms: atMs });
      }
    },
    flush() {
      flushing = flushing.then(write);
      return flushing;
    },
  };
}

/** A call that is resumed was counted when it was held. */
function countOf({ verdict, tier, attempt = 0 }: EntryFields, run: string, lastAtMs: number): RunCount {
  const first = attempt === 0 ? 1 : 0;
  return { run, calls: first, refused: verdict === 'deny' ? 1 : 0, held: verdict === 'hold' ? 1 : 0, lastAtMs, tier: heightOf(tier) };
}

/** What was refused was not used; what waits for a person was needed. */
function usedBy({ plugin, connector, tool, method, verdict, attempt = 0 }: EntryFields, atMs: number) {
  if (plugin === undefined || connector === undefined || tool === undefined) return undefined;
  if (method !== 'tools/call' || verdict === 'deny' || attempt > 0) return undefined;
  if (isOfCanary({ plugin })) return undefined;
  const [id = plugin] = plugin.split('@');
  return { key: `${id}\n${connector}\n${tool}`, tool: { plugin: id, connector, tool, calls: 1, firstAtMs: atMs, lastAtMs: atMs } };
}

function usedMore(one: UsedTool, more: UsedTool | undefined): UsedTool {
  if (!more) return one;
  const firstAtMs = Math.min(one.firstAtMs, more.firstAtMs);
  return { ...one, calls: one.calls + more.calls, firstAtMs, lastAtMs: Math.max(one.lastAtMs, more.lastAtMs) };
}

function added(count: RunCount, more: RunCount | undefined): RunCount {
  if (!more) return count;
  return {
    run: count.run,
    calls: count.calls + more.calls,
    refused: count.refused + more.refused,
    held: count.held + more.held,
    lastAtMs: Math.max(count.lastAtMs, more.lastAtMs),
    tier: Math.max(count.tier, more.tier),
  };
}
