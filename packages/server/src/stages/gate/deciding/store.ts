import type { TicketNote } from '../../../kernel/approvals.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import { kyselyOf } from '../../../storage/tx.ts';
import type { TicketDatabase, TicketRow } from '../store.ts';

/** Keeps what somebody wrote on a ticket. */
export async function insertNote(tx: Tx, ticket: string, note: TicketNote): Promise<void> {
  const { id, atMs, person, kind, text } = note;
  await kyselyOf(tx).insertInto('ticket_notes').values({ id, ticket, at_ms: atMs, person, kind, text }).execute();
}

/** What was written on a ticket, oldest first. */
export async function notesOn({ read }: TicketDatabase, ticket: string): Promise<readonly TicketNote[]> {
  const rows = await read
    .selectFrom('ticket_notes')
    .selectAll()
    .where('ticket', '=', ticket)
    .orderBy('at_ms')
    .orderBy('id')
    .limit(500)
    .execute();
  return rows.map(({ id, at_ms, person, kind, text }) => ({ id, atMs: Number(at_ms), person, kind, text }));
}

/** A ticket that waits, and about which somebody may have to be told again. */
export type QuietTicket = Pick<TicketRow, 'id' | 'connector' | 'tool' | 'tier' | 'created_at_ms' | 'reminded_at_ms' | 'escalated_at_ms'>;

/** Tickets that wait in time, oldest first, after the last one of the page before. */
export async function quietTickets(
  { read }: TicketDatabase,
  nowMs: number,
  after: QuietTicket | undefined,
  max: number,
): Promise<readonly QuietTicket[]> {
  let query = read
    .selectFrom('tickets')
    .select(['id', 'connector', 'tool', 'tier', 'created_at_ms', 'reminded_at_ms', 'escalated_at_ms'])
    .where('state', '=', 'held')
    .where('expires_at_ms', '>', nowMs)
    .where((eb) => eb.or([eb('reminded_at_ms', 'is', null), eb('escalated_at_ms', 'is', null)]));
  if (after)
    query = query.where((eb) =>
      eb.or([
        eb('created_at_ms', '>', after.created_at_ms),
        eb.and([eb('created_at_ms', '=', after.created_at_ms), eb('id', '>', after.id)]),
      ]),
    );
  return await query.orderBy('created_at_ms').orderBy('id').limit(max).execute();
}
