import type { Call } from '../../kernel/call.ts';
import { coarseKey } from './dedupe.ts';
import { type KnownTicket, rememberMs } from './store.ts';

/** Which calls may have a ticket. It may say so too often, never too seldom. */
export interface TicketMemory {
  /** Before hashing: no ticket is known for this tool. */
  mayHave(call: Call): boolean;
  has(call: Call, dedupe: string): boolean;
  add(known: KnownTicket): void;
  forget(nowMs: number): void;
  /** While it is not complete, every call may have one. */
  complete(yes: boolean): void;
}

/** Keeps at most so many keys; beyond that it lets every call be looked up. */
export function ticketMemory(keysMax: number): TicketMemory {
  const tools = new Map<string, Map<string, number>>();
  let size = 0;
  let full = false;
  let complete = true;
  const all = () => full || !complete;
  const keysOf = (call: Call) => tools.get(coarseKey({ ...call.endpoint, tool: call.name }));
  return {
    mayHave: (call) => all() || (size > 0 && keysOf(call) !== undefined),
    has: (call, dedupe) => all() || (keysOf(call)?.has(dedupe) ?? false),
    add(known) {
      const coarse = coarseKey(known);
      const keys = tools.get(coarse) ?? new Map<string, number>();
      tools.set(coarse, keys);
      if (!keys.has(known.dedupe)) size += 1;
      const untilMs = Math.max(known.created_at_ms, known.expires_at_ms) + rememberMs;
      keys.set(known.dedupe, Math.max(untilMs, keys.get(known.dedupe) ?? 0));
      if (size > keysMax) full = true;
    },
    forget(nowMs) {
      for (const [coarse, keys] of tools) {
        for (const [dedupe, untilMs] of keys) if (untilMs < nowMs && keys.delete(dedupe)) size -= 1;
        if (keys.size === 0) tools.delete(coarse);
      }
    },
    complete(yes) {
      complete = yes;
    },
  };
}
