import type { Database } from '../../../storage/database.ts';
import { rememberMs, type TicketRow } from '../store.ts';

/** Whose tickets: a person by every name that they had, and a release. */
export interface Owner {
  readonly names: readonly string[];
  readonly plugin: string;
  readonly version: string;
}

/** What may be asked of tickets by whoever waits for them or runs them. */
export interface TicketReads {
  /** The stored state of each of these tickets. */
  statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The ticket, when it is this person's and release's. */
  one(id: string, owner: Owner): Promise<TicketRow | undefined>;
  /** Newest first: what is open, and what ended within the time that tickets are remembered. */
  mine(owner: Owner, nowMs: number, max: number): Promise<readonly TicketRow[]>;
  /** The last word on the ticket, where it is a question. */
  question(id: string): Promise<string | undefined>;
  /** Approved tickets that run by themselves and that no process holds a lease on. */
  due(nowMs: number, leaseMs: number, max: number): Promise<readonly TicketRow[]>;
}

const open = ['held', 'approved', 'executing'];

/** Opens the tickets of one database for reading. */
export function readTickets({ read }: Pick<Database, 'read'>): TicketReads {
  const of = ({ names, plugin, version }: Owner) =>
    read
      .selectFrom('tickets')
      .selectAll()
      .where('person', 'in', names)
      .where('plugin', '=', plugin)
      .where('version', '=', version)
      .where('drill', '=', 0);
  return {
    async statesOf(ids) {
      const rows = await read.selectFrom('tickets').select(['id', 'state']).where('id', 'in', ids).execute();
      return new Map(rows.map(({ id, state }) => [id, state]));
    },
    one: (id, owner) => of(owner).where('id', '=', id).executeTakeFirst(),
    mine: (owner, nowMs, max) =>
      of(owner)
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
