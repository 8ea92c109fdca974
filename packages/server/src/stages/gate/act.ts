import type { Outcome } from '@trapkey/contract/codes.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { Clock } from '../../kernel/clock.ts';
import { type Announce, announceNothing } from '../../kernel/messages.ts';
import type { Recorder, StepResult, Tx } from '../../kernel/recorder.ts';
import type { Piece, TicketDoor } from '../../kernel/tickets.ts';
import { dedupeKey, dedupeSecret } from './dedupe.ts';
import { closeAbandoned, expireOverdue, type Idempotent } from './ending.ts';
import { attach } from './goals/attach.ts';
import { accountOf, altering, type GoalPolicy, goalKey, goalLastsMs } from './goals/goal.ts';
import { type GoalStore, goalStore } from './goals/store.ts';
import { lookingIn } from './looking.ts';
import { openOrFind, rowOf } from './opening.ts';
import { type RecipientsDigest, recipientsDigest } from './recipients.ts';
import { readTickets } from './running/read.ts';
import { type TicketDatabase, ticketStore } from './store.ts';
import { summaryOf, viewOf } from './view.ts';
import { waitingOn } from './waiting.ts';

/** The tickets as one process works with them. */
export interface Tickets extends TicketDoor {
  /** What the gate compares recipients with. */
  readonly recipientsDigest: RecipientsDigest;
  /** Learns of tickets that other processes opened. Never rejects: what it could not learn is asked for each time. */
  refresh(): Promise<void>;
  /** True when the ticket was decided, or has ended, within the time; needs `refresh` to be called on changes. */
  wait(ticket: string, waitMs: number, signal: AbortSignal, until?: 'decided' | 'finished'): Promise<boolean>;
  /** Ends held and approved tickets whose time is over; that is never a yes. Gives how many. */
  expireOverdue(): Promise<number>;
  /** Closes what a crash left executing as unknown; run again by itself once where the tool is idempotent. Gives what stays unknown. */
  closeAbandoned(olderThanMs: number): Promise<readonly string[]>;
}

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
  const waiting = waitingOn(readTickets(database));
  const key = dedupeSecret(parts.keys.names);
  const looking = lookingIn({ store, key, clock, keysMax });
  const attaching = { goals, key, policy: parts.policy, unseal: parts.unseal };
  const digest = recipientsDigest(parts.keys.names);
  const idempotent: Idempotent = ({ connector, tool }) => parts.policy?.().connectors?.get(connector)?.tools.get(tool)?.idempotent ?? false;
  const refresh = async (): Promise<void> => {
    // Whoever waits is told first: they are few, and the others may be many.
    await waiting.look().catch(() => undefined);
    await looking.refresh();
  };
  await refresh();
  return {
    refresh,
    recipientsDigest: digest,
    wait: waiting.wait,
    find: async (call) => {
      const found = await looking.look(call);
      return found && viewOf(found.row, found.state);
    },
    attach: async (call) => await attach(attaching, call, await looking.look(call)),
    count: (tx, piece) => countPiece(goals, goalKey(key, piece.call, parts.policy?.().directory), tx, piece),
    async open(tx, draft) {
      const { call } = draft;
      const policy = parts.policy?.();
      const goal = altering(policy, call) ? goalKey(key, call, policy?.directory) : null;
      const account = accountOf(key, policy, call.endpoint.connector);
      const wanted = rowOf(draft, { dedupe: dedupeKey(key, call), goal, account }, digest);
      looking.add(wanted);
      const opened = await openOrFind({ ...store, goals }, tx, draft, wanted);
      if (!('moved' in opened) && !opened.existing) {
        const row = await store.byIdIn(tx, opened.ticket.id);
        if (row) await announce(tx, 'held', summaryOf(row, call.atMs));
      }
      return opened;
    },
    async consume(tx, id) {
      const row = await store.byIdIn(tx, id);
      const change = { state: 'executing', executing_at_ms: clock(), attempt: (row?.attempt ?? 0) + 1 };
      // A drill never runs, whoever names it.
      const moved = row?.drill === 0 && (await store.move(tx, { id, states: ['approved'] }, change));
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
    closeAbandoned: (olderThanMs) => closeAbandoned({ recorder, clock, idempotent }, store, olderThanMs),
  };
}

/** A piece that runs without a ticket. Counted where nobody else can add one, so that together they never pass the bound. */
async function countPiece(goals: GoalStore, goal: string, tx: Tx, { call, reach, reachMax }: Piece): Promise<StepResult> {
  const earlier = await goals.earlierIn(tx, { goal, atMs: call.atMs });
  if (reachMax !== undefined && (reach === null || earlier.reach + reach > reachMax))
    return { ok: false, conflict: `with ${earlier.pieces} earlier pieces it passes ${reachMax}` };
  await goals.add(tx, { call: call.id, goal, at_ms: call.atMs, reach });
  await goals.forget(tx, call.atMs - 3 * goalLastsMs);
  // Counted anew for each call; nobody waits for it.
  return { ok: true, quiet: true };
}

const finalState: Readonly<Record<Outcome, string>> = { done: 'done', withheld: 'done', failed: 'failed', unknown: 'unknown' };
