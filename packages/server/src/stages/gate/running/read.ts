import type { Whose } from '../../../kernel/agent-tickets.ts';
import type { Database } from '../../../storage/database.ts';
import { rememberMs, type TicketRow } from '../store.ts';

/** What may be asked of tickets by whoever waits for them or runs them. */
export interface TicketReads {
  /** The stored state of each of these tickets. */
  statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The ticket, when it is this person's and release's. */
  one(id: string, whose: Whose): Promise<TicketRow | undefined>;
  /** Newest first: what is open, and what ended within the time that tickets are remembered. */
  mine(whose: Whose, nowMs: number, max: number): Promise<readonly TicketRow[]>;
  /** The last word on the ticket, where it is a question. */
  question(id: string): Promise<string | undefined>;
  /** Approved tickets that run by themselves and that no process holds a lease on. */
  due(nowMs: number, leaseMs: number, max: number): Promise<readonly TicketRow[]>;
}

const open = ['held', 'approved', 'executing'];

/** Opens the tickets of one database for reading. */
export function readTickets({ read }: Pick<Database, 'read'>): TicketReads {
  const of = ({ person, plugin, version }: Whose) =>
    read
      .selectFrom('tickets')
      .selectAll()
      .where('person', '=', person)
      .where('plugin', '=', plugin)
      .where('version', '=', version)
      .where('drill', '=', 0);
  return {
    async statesOf(ids) {
      const rows = await read.selectFrom('tickets').select(['id', 'state']).where('id', 'in', ids).execute();
      return new Map(rows.map(({ id, state }) => [id, state]));
    },
    one: (id, whose) => of(whose).where('id', '=', id).executeTakeFirst(),
    mine: (whose, nowMs, max) =>
      of(whose)
        .where((eb) => eb.or([eb('state', 'in', open), eb('created_at_ms', '>', nowMs - rememberMs)]))
        .orderBy('created_at_ms', 'desc')
        .orderBy('id')
        .limit(max)
        .execute(),
    async question(id) {
      const last = await read
        .selectFrom('ticket_notes')
        .select(['kind', 'text'])
        .where('ticket', '=', id)
        .orderBy('at_ms', 'desc')
        .orderBy('id', 'desc')
        .executeTakeFirst();
      return last?.kind === 'question' ? last.text : undefined;
    },
    due: (nowMs, leaseMs, max) =>
      read
        .selectFrom('tickets')
        .selectAll()
        .where('state', '=', 'approved')
        .where('run_when', '=', 'approval')
        .where('drill', '=', 0)
        .where('expires_at_ms', '>', nowMs)
        .where((eb) => eb.or([eb('run_claimed_at_ms', 'is', null), eb('run_claimed_at_ms', '<=', nowMs - leaseMs)]))
        .orderBy('decided_at_ms')
        .limit(max)
        .execute(),
  };
}
