import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { Earlier } from '../../../kernel/call.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import type { Tables } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';
import type { TicketDatabase, TicketRow } from '../store.ts';
import { goalLastsMs } from './goal.ts';

/** What may still happen or did: a refused, ended or failed piece altered nothing. */
const counting = ['held', 'approved', 'executing', 'done', 'unknown'];

const forgottenAtOnce = 50;

/** Which pieces come before: all so far, or those before this ticket. */
export interface Before {
  readonly goal: string;
  readonly atMs: number;
  readonly ticket?: Pick<TicketRow, 'id' | 'created_at_ms'> | undefined;
}

/** Pieces of one goal, out of tickets and of what ran without one. */
export interface GoalStore {
  earlier(before: Before): Promise<Earlier>;
  earlierIn(tx: Tx, before: Before): Promise<Earlier>;
  /** The first ticket of the goal that still counts. */
  firstIn(tx: Tx, goal: string, atMs: number): Promise<string | undefined>;
  add(
    tx: Tx,
    piece: { readonly call: string; readonly goal: string; readonly at_ms: number; readonly reach: number | null },
  ): Promise<void>;
  /** Forgets some of what counts for nothing any more. */
  forget(tx: Tx, beforeMs: number): Promise<void>;
  /** The tickets of a goal around a moment, oldest first. */
  tickets(goal: string, atMs: number, max: number): Promise<readonly Pick<TicketRow, 'id' | 'state' | 'reach'>[]>;
}

/** The goals of one database. */
export function goalStore({ read }: TicketDatabase): GoalStore {
  return {
    earlier: (before) => earlierIn(read, before),
    earlierIn: (tx, before) => earlierIn(kyselyOf(tx), before),
    async firstIn(tx, goal, atMs) {
      const row = await ticketsOf(kyselyOf(tx), goal, atMs).select('id').orderBy('created_at_ms').orderBy('id').limit(1).executeTakeFirst();
      return row?.id;
    },
    async add(tx, piece) {
      const db = kyselyOf(tx);
      const last = await endOf(db.selectFrom('pieces').where('goal', '=', piece.goal), 'desc');
      // In the order in which they were counted, also where the call that was counted first came later.
      const at_ms = Math.max(piece.at_ms, Number(last?.at_ms ?? 0));
      const total = Number(last?.total ?? 0) + (piece.reach ?? 0);
      if (!Number.isSafeInteger(total)) throw new RangeError('the pieces of one goal reach more than can be counted');
      await db
        .insertInto('pieces')
        .values({ ...piece, at_ms, n: Number(last?.n ?? 0) + 1, total, own_ms: piece.at_ms })
        .onConflict((conflict) => conflict.column('call').doNothing())
        .execute();
    },
    async forget(tx, beforeMs) {
      const db = kyselyOf(tx);
      // A few at a time, and each call brings less than it takes; of a goal always the oldest.
      const old = db.selectFrom('pieces').select('call').where('at_ms', '<', beforeMs).orderBy('at_ms').orderBy('n').limit(forgottenAtOnce);
      await db.deleteFrom('pieces').where('call', 'in', old).execute();
    },
    tickets: (goal, atMs, max) =>
      read
        .selectFrom('tickets')
        .select(['id', 'state', 'reach'])
        .where('goal', '=', goal)
        .where('created_at_ms', '>', atMs - goalLastsMs)
        .where('created_at_ms', '<', atMs + goalLastsMs)
        .orderBy('created_at_ms')
        .orderBy('id')
        .limit(max)
        .execute(),
  };
}

function ticketsOf(db: Kysely<Tables>, goal: string, atMs: number) {
  return db
    .selectFrom('tickets')
    .where('goal', '=', goal)
    .where('state', 'in', counting)
    .where('drill', '=', 0)
    .where('created_at_ms', '>', atMs - goalLastsMs);
}

async function earlierIn(db: Kysely<Tables>, { goal, atMs, ticket }: Before): Promise<Earlier> {
  // An open ticket counts from when it was asked: its own window, or resuming it late would leave its pieces behind.
  const fromMs = ticket ? Number(ticket.created_at_ms) : atMs;
  let held = ticketsOf(db, goal, fromMs);
  if (ticket) {
    held = held.where((eb) =>
      eb.or([
        eb('created_at_ms', '<', ticket.created_at_ms),
        eb.and([eb('created_at_ms', '=', ticket.created_at_ms), eb('id', '<', ticket.id)]),
      ]),
    );
  }
  const ran = db
    .selectFrom('pieces')
    .where('goal', '=', goal)
    .where('at_ms', '>', fromMs - goalLastsMs)
    // Up to the last that came by then, and all that were counted before it.
    .where('n', '<=', ticket ? await countedBy(db, goal, fromMs) : Number.MAX_SAFE_INTEGER);
  const counted = [sql<number>`count(*)`.as('pieces'), sql<number>`coalesce(sum(reach), 0)`.as('reach')] as const;
  const one = await held.select(counted).executeTakeFirst();
  const two = await sumOf(ran);
  return { pieces: Number(one?.pieces ?? 0) + two.pieces, reach: Number(one?.reach ?? 0) + two.reach };
}

async function countedBy(db: Kysely<Tables>, goal: string, atMs: number): Promise<number> {
  const last = await endOf(db.selectFrom('pieces').where('goal', '=', goal).where('own_ms', '<=', atMs), 'desc');
  return Number(last?.n ?? 0);
}

type Pieces = SelectQueryBuilder<Tables, 'pieces', object>;

/** Of any number of pieces in a row, by the running sums of the first and the last. */
async function sumOf(pieces: Pieces): Promise<Earlier> {
  const first = await endOf(pieces, 'asc');
  const last = first && (await endOf(pieces, 'desc'));
  if (!first || !last) return { pieces: 0, reach: 0 };
  return { pieces: Number(last.n) - Number(first.n) + 1, reach: Number(last.total) - Number(first.total) + Number(first.reach ?? 0) };
}

function endOf(pieces: Pieces, direction: 'asc' | 'desc') {
  return pieces.select(['n', 'total', 'reach', 'at_ms']).orderBy('at_ms', direction).orderBy('n', direction).limit(1).executeTakeFirst();
}
