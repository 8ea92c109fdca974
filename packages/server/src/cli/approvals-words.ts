import type { TicketSummary } from '../kernel/approvals.ts';

/** What came of an approval. */
export function approvedText(ticket: TicketSummary, person: string, what = ''): string {
  const when =
    ticket.runs === 'approval' ? 'it runs as soon as a gateway that serves sees it' : 'it runs when the agent makes the same call again';
  const left = ticket.needs - ticket.approvals.length;
  const waits = ticket.waitsFor ?? `${left} more needed before it may run`;
  return `Approved ${what}${ticket.id} as ${person}; ${ticket.state === 'approved' ? when : waits}.\n`;
}
