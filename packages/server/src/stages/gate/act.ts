import type { Outcome } from '@trapkey/contract/codes.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { Call } from '../../kernel/call.ts';
import type { Clock } from '../../kernel/clock.ts';
import { RecordUnavailable } from '../../kernel/errors.ts';
import { type Announce, announceNothing } from '../../kernel/messages.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { TicketDoor } from '../../kernel/tickets.ts';
import { dedupeKey, dedupeSecret } from './dedupe.ts';
import { closeAbandoned, expireOverdue } from './ending.ts';
import { attach, type Speaking } from './goals/attach.ts';
import { accountOf, altering, type GoalPolicy, goalKey } from './goals/goal.ts';
import { goalStore } from './goals/store.ts';
import { ticketMemory } from './memory.ts';
import { openOrFind, rowOf } from './opening.ts';
import { readTickets } from './running/read.ts';
import { type TicketDatabase, ticketStore } from './store.ts';
import { speaking, stateAt, summaryOf, viewOf } from './view.ts';
import { waitingOn } from './waiting.ts';

/** The tickets as one process works with them. */
export interface Tickets extends TicketDoor {
  /** Learns of tickets that other processes opened. Never rejects: what it could not learn is asked for each time. */
  refresh(): Promise<void>;
  /** True when the ticket was decided, or has ended, within the time; needs `refresh` to be called on changes. */
  wait(ticket: string, waitMs: number, signal: AbortSignal, until?: 'decided' | 'finished'): Promise<boolean>;
  /** Ends held and approved tickets whose time is over; that is never a yes. Gives how many. */
  expireOverdue(): Promise<number>;
  /** Closes what a crash left executing as unknown; never retried by itself. Gives the ids. */
  closeAbandoned(olderThanMs: number): Promise<readonly string[]>;
}

/** Two clocks and a long transaction may put a ticket this much before the newest that is known. */
const overlapMs = 600_000;

/** Opens the tickets of one database. */
export async function openTickets(parts: {
  readonly database: TicketDatabase;
  readonly recorder: Recorder;
  readonly keys: { readonly names: Uint8Array };
  readonly clock: Clock;
  /** The running policy; without it persons are told apart by their ids alone, and nothing is known to be harmless. */
  readonly policy?: () => GoalPolicy;
  /** Opens what a person changed; without it an edited ticket cannot be resumed. */
  readonly unseal?: (digest: string) => Promise<Json>;
  readonly announce?: Announce;
  readonly keysMax?: number;
}): Promise<Tickets> {
  const { database, recorder, clock, keysMax = 100_000 } = parts;
  const { announce = announceNothing } = parts;
  const store = ticketStore(database);
  const goals = goalStore(database);
  const memory = ticketMemory(keysMax);
  const waiting = waitingOn(readTickets(database));
  const key = dedupeSecret(parts.keys.names);
  const attaching = { goals, key, policy: parts.policy, unseal: parts.unseal };
  let newestMs = 0;
  const refresh = async (): Promise<void> => {
    try {
      const rows = await store.known(newestMs - overlapMs, clock(), keysMax + 1);
      for (const row of rows) {
        memory.add(row);
        newestMs = Math.max(newestMs, row.created_at_ms);
      }
      memory.forget(clock());
      memory.complete(true);
      await waiting.look();
    } catch {
      memory.complete(false);
    }
  };
  await refresh();
  const look = async (call: Call): Promise<Speaking | undefined> => {
    // What resumes a ticket names it: its payload may have been edited since it was asked for.
    const named = call.via === 'ticket' ? call.ticket?.id : undefined;
    if (named === undefined && !memory.mayHave(call)) return undefined;
    const dedupe = named === undefined ? dedupeKey(key, call) : '';
    if (named === undefined && !memory.has(call, dedupe)) return undefined;
    try {
      const row = named === undefined ? await store.newest(dedupe) : await store.byId(named);
      const view = named === undefined ? speaking(row, call.atMs) : row && viewOf(row, stateAt(row, call.atMs));
      return row && view && { row, state: view.state };
    } catch (error) {
      throw new RecordUnavailable('its tickets cannot be read', { cause: error });
    }
  };
  return {
    refresh,
    wait: waiting.wait,
    find: async (call) => {
      const found = await look(call);
      return found && viewOf(found.row, found.state);
    },
    attach: async (call) => await attach(attaching, call, await look(call)),
    async count(tx, { call, reach, reachMax }) {
      const goal = goalKey(key, call, parts.policy?.().directory);
      const earlier = await goals.earlierIn(tx, { goal, atMs: call.atMs });
      if (reachMax !== undefined && (reach === null || earlier.reach + reach > reachMax))
        return { ok: false, conflict: `with ${earlier.pieces} earlier pieces it passes ${reachMax}` };
      await goals.add(tx, { call: call.id, goal, at_ms: call.atMs, reach });
      return { ok: true };
    },
    async open(tx, draft) {
      const { call } = draft;
      const policy = parts.policy?.();
      const wanted = rowOf(draft, {
        dedupe: dedupeKey(key, call),
        goal: altering(policy, call) ? goalKey(key, call, policy?.directory) : null,
        account: accountOf(key, policy, call.endpoint.connector),
      });
      memory.add(wanted);
      const opened = await openOrFind({ ...store, goals }, tx, draft, wanted);
      if (!('moved' in opened) && !opened.existing)
        await announce(tx, 'held', summaryOf({ ...wanted, sentence: opened.ticket.sentence }, call.atMs));
      return opened;
    },
    async consume(tx, id) {
      const row = await store.byIdIn(tx, id);
      const change = { state: 'executing', executing_at_ms: clock(), attempt: (row?.attempt ?? 0) + 1 };
      const moved = row && (await store.move(tx, { id, states: ['approved'] }, change));
      return moved ? { ok: true } : { ok: false, conflict: `ticket ${id} is ${row?.state ?? 'not known'}` };
    },
    async finish(tx, id, outcome, kept) {
      const atMs = clock();
      const change = {
        state: finalState[outcome],
        finished_at_ms: atMs,
        result: kept?.digest ?? null,
        picked_up_at_ms: kept?.handedOver ? atMs : null,
      };
      // From unknown too: a node that was taken for dead may still bring the answer.
      const moved = await store.move(tx, { id, states: ['executing', 'unknown'] }, change);
      return moved ? { ok: true } : { ok: false, conflict: `ticket ${id} is not executing` };
    },
    expireOverdue: () => expireOverdue(parts, store),
    closeAbandoned: (olderThanMs) => closeAbandoned(recorder, store, clock(), olderThanMs),
  };
}

const finalState: Readonly<Record<Outcome, string>> = { done: 'done', withheld: 'done', failed: 'failed', unknown: 'unknown' };
