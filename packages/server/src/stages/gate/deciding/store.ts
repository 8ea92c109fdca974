import type { TicketNote } from '../../../kernel/approvals.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import { kyselyOf } from '../../../storage/tx.ts';
import type { TicketDatabase } from '../store.ts';

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
