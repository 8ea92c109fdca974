import type { Call } from '../../kernel/call.ts';
import type { Clock } from '../../kernel/clock.ts';
import { RecordUnavailable } from '../../kernel/errors.ts';
import { dedupeKey } from './dedupe.ts';
import type { Speaking } from './goals/attach.ts';
import { ticketMemory } from './memory.ts';
import type { TicketRow, TicketStore } from './store.ts';
import { speaking, stateAt, viewOf } from './view.ts';

/** Finds the ticket of a call; what no ticket is known for costs nothing. */
export interface Looking {
  /** Learns of tickets that other processes opened; false when it could not, and every call is looked up until it can. */
  refresh(): Promise<boolean>;
  look(call: Call): Promise<Speaking | undefined>;
  add(row: TicketRow): void;
}

/** Opens the memory of one process; the database has the last word. */
export function lookingIn(parts: {
  readonly store: TicketStore;
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly keysMax: number;
}): Looking {
  const { store, key, clock, keysMax } = parts;
  const memory = ticketMemory(keysMax);
  let openedFrom = 0;
  return {
    add: memory.add,
    async refresh() {
      try {
        const rows = await store.known(openedFrom, clock(), keysMax + 1);
        for (const row of rows) {
          memory.add(row);
          openedFrom = Math.max(openedFrom, Number(row.opened));
        }
        memory.forget(clock());
        memory.complete(true);
        return true;
      } catch {
        memory.complete(false);
        return false;
      }
    },
    async look(call) {
      // What resumes a ticket names it: its payload may have been edited since it was asked for.
      if (call.via === 'ticket' && call.ticket) return await named(store, call.ticket.id, call.atMs);
      if (!memory.mayHave(call)) return undefined;
      const dedupe = dedupeKey(key, call);
      if (!memory.has(call, dedupe)) return undefined;
      const row = await readable(store.newest(dedupe));
      const view = speaking(row, call.atMs);
      return row && view && { row, state: view.state };
    },
  };
}

async function named(store: Pick<TicketStore, 'byId'>, id: string, atMs: number): Promise<Speaking | undefined> {
  const row = await readable(store.byId(id));
  return row && { row, state: viewOf(row, stateAt(row, atMs)).state };
}

async function readable<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw new RecordUnavailable('its tickets cannot be read', { cause: error });
  }
}
