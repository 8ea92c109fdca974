import type { TicketNote } from '../../../kernel/approvals.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import { kyselyOf } from '../../../storage/tx.ts';
import type { TicketDatabase, TicketRow } from '../store.ts';

/** Keeps what somebody wrote on a ticket, after everything that stands there; gives it as it is kept. */
export async function insertNote(tx: Tx, ticket: string, note: TicketNote): Promise<TicketNote> {
  const { id, person, kind, text } = note;
  const last = await kyselyOf(tx)
    .selectFrom('ticket_notes')
    .select('at_ms')
    .where('ticket', '=', ticket)
    .orderBy('at_ms', 'desc')
    .limit(1)
    .executeTakeFirst();
  const atMs = Math.max(note.atMs, last ? Number(last.at_ms) + 1 : 0);
  await kyselyOf(tx).insertInto('ticket_notes').values({ id, ticket, at_ms: atMs, person, kind, text }).execute();
  return { ...note, atMs };
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
