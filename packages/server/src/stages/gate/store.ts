import { type Kysely, sql } from 'kysely';
import type { Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import type { Tables, TicketsTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';

/** What of the database the tickets need. */
export type TicketDatabase = Pick<Database, 'read'>;

/** A ticket as stored. */
export type TicketRow = Readonly<TicketsTable>;

/** Decided and spent tickets are remembered this long; the same call gets the same answer without asking again. */
export const rememberMs = 24 * 3_600_000;

/** Where tickets are kept. Every change of state is a compare-and-set: of many at once, one gets the row. */
export interface TicketStore {
  /** The newest ticket of this dedupe key that still means something. */
  newest(dedupe: string): Promise<TicketRow | undefined>;
  /** The same inside the record's transaction, which holds the tree's lock: nobody else opens one meanwhile, on any node. */
  newestIn(tx: Tx, dedupe: string): Promise<TicketRow | undefined>;
  byId(id: string): Promise<TicketRow | undefined>;
  byIdIn(tx: Tx, id: string): Promise<TicketRow | undefined>;
  insert(tx: Tx, row: TicketRow): Promise<void>;
  /** Moves a ticket on when it is still as `from` says; gives the row as it is now, or nothing. */
  move(tx: Tx, from: TicketFrom, to: TicketChange): Promise<TicketRow | undefined>;
  /** Held and approved tickets whose time is over. */
  overdue(nowMs: number, max: number): Promise<readonly TicketRow[]>;
  /** Tickets that began to execute before this moment and have not finished. */
  executingSince(beforeMs: number): Promise<readonly TicketRow[]>;
  /** Keys of tickets that `newest` may find, of those opened at this size of the record or later, newest first. */
  known(openedFrom: number, nowMs: number, max: number): Promise<readonly KnownTicket[]>;
}

/** Enough to know that a call may have a ticket. */
export type KnownTicket = Pick<
  TicketRow,
  'dedupe' | 'plugin' | 'version' | 'connector' | 'tool' | 'created_at_ms' | 'expires_at_ms' | 'opened'
>;

/** The state that a change starts from. */
export interface TicketFrom {
  readonly id: string;
  readonly states: readonly string[];
  /** The decisions that the change was computed from, where it depends on them. */
  readonly decisions?: string;
  /** Refuses when the ticket's time is over. */
  readonly unexpiredAtMs?: number;
  /** What would run when the change was computed. */
  readonly arguments?: string;
}

/** What changes with it. */
export type TicketChange = Partial<
  Pick<
    TicketRow,
    | 'state'
    | 'decisions'
    | 'decided_reason'
    | 'decided_at_ms'
    | 'executing_at_ms'
    | 'finished_at_ms'
    | 'attempt'
    | 'expires_at_ms'
    | 'arguments'
    | 'definition'
    | 'policy'
    | 'reach'
    | 'cumulative'
    | 'sentence'
    | 'facts'
    | 'rule'
    | 'approvers'
    | 'needs'
    | 'groups'
    | 'effect'
    | 'tier'
    | 'account'
    | 'recipients'
    | 'original'
    | 'editors'
    | 'escalated_to'
    | 'escalated_at_ms'
    | 'reminded_at_ms'
    | 'run_when'
    | 'run_claimed_at_ms'
    | 'result'
    | 'picked_up_at_ms'
  >
>;

const open = ['held', 'approved', 'executing'] as const;

/** The tickets of one database. */
export function ticketStore(database: TicketDatabase): TicketStore {
  const { read } = database;
  return {
    newest: (dedupe) => newestIn(read, dedupe),
    newestIn: (tx, dedupe) => newestIn(kyselyOf(tx), dedupe),
    byId: (id) => byIdIn(read, id),
    byIdIn: (tx, id) => byIdIn(kyselyOf(tx), id),
    async insert(tx, row) {
      const opened = sql<number>`(select size from tree where id = 1)`;
      await kyselyOf(tx)
        .insertInto('tickets')
        .values({ ...row, opened })
        .execute();
    },
    move: (tx, from, to) => move(kyselyOf(tx), from, to),
    overdue: (nowMs, max) =>
      read
        .selectFrom('tickets')
        .selectAll()
        .where('state', 'in', ['held', 'approved'])
        .where('expires_at_ms', '<=', nowMs)
        .orderBy('expires_at_ms')
        .limit(max)
        .execute(),
    executingSince: (beforeMs) =>
      read.selectFrom('tickets').selectAll().where('state', '=', 'executing').where('executing_at_ms', '<=', beforeMs).execute(),
    known: (openedFrom, nowMs, max) =>
      read
        .selectFrom('tickets')
        .select(['dedupe', 'plugin', 'version', 'connector', 'tool', 'created_at_ms', 'expires_at_ms', 'opened'])
        .where('opened', '>=', openedFrom)
        .where((eb) =>
          eb.or([eb('state', 'in', open), eb('created_at_ms', '>', nowMs - rememberMs), eb('decided_at_ms', '>', nowMs - rememberMs)]),
        )
        .orderBy('opened', 'desc')
        .limit(max)
        .execute(),
  };
}

async function newestIn(db: Kysely<Tables>, dedupe: string): Promise<TicketRow | undefined> {
  const rows = await db
    .selectFrom('tickets')
    .selectAll()
    .where('dedupe', '=', dedupe)
    .where('state', '!=', 'withdrawn')
    .orderBy('created_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(50)
    .execute();
  return rows.find((row) => (open as readonly string[]).includes(row.state)) ?? rows[0];
}

async function byIdIn(db: Kysely<Tables>, id: string): Promise<TicketRow | undefined> {
  return await db.selectFrom('tickets').selectAll().where('id', '=', id).executeTakeFirst();
}

async function move(db: Kysely<Tables>, from: TicketFrom, to: TicketChange): Promise<TicketRow | undefined> {
  let update = db.updateTable('tickets').set(to).where('id', '=', from.id).where('state', 'in', from.states);
  if (from.decisions !== undefined) update = update.where('decisions', '=', from.decisions);
  if (from.unexpiredAtMs !== undefined) update = update.where('expires_at_ms', '>', from.unexpiredAtMs);
  if (from.arguments !== undefined) update = update.where('arguments', '=', from.arguments);
  return await update.returningAll().executeTakeFirst();
}
