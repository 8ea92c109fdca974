import type { TicketSummary } from '../../../kernel/approvals.ts';
import { type Asked, HttpRefusal, signedIn } from '../../../kernel/http.ts';
import type { ApprovalScreens } from './doors.ts';
import { type Standing, standingOf } from './standing.ts';

/** The ticket with what it carries, for somebody whom it concerns; others are told only that it does not ask them. */
export async function involved(doors: ApprovalScreens, asked: Asked<unknown>): Promise<{ ticket: TicketSummary; standing: Standing }> {
  const { who } = signedIn(asked);
  const ticket = await found(doors, asked);
  const standing = standingOf(doors.policy(), ticket, who);
  if (isIn(standing) || (await doors.approvals.eligible(ticket.id, who)).may) return { ticket, standing };
  // Whoever may let it run alone has to see what that would be.
  if ((await doors.approvals.mayBreakGlass(ticket.id, who)).may) return { ticket, standing };
  throw notYours(ticket, who.person);
}

/** Whether somebody may see what a ticket carries. */
export function isIn(standing: Standing): boolean {
  return standing !== 'stranger' && standing !== 'reader';
}

/** What whom it does not concern is told. */
export function notYours(ticket: TicketSummary, person: string): HttpRefusal {
  return new HttpRefusal(
    403,
    'not_yours',
    `Ticket ${ticket.id} does not ask ${person}. Nothing was shown or changed.`,
    `It asks ${ticket.asked.join(', ')}.`,
  );
}

/** The ticket that the address names; the same words for an id of the wrong form and one that nobody has. */
export async function found({ approvals }: ApprovalScreens, asked: Asked<unknown>): Promise<TicketSummary> {
  const id = asked.params['ticket'] ?? '';
  const ticket = /^TK-[0-9A-Z]{10}$/.test(id) ? await approvals.find(id) : undefined;
  if (ticket) return ticket;
  throw new HttpRefusal(404, 'not_found', 'There is no such ticket.', 'See what waits at /approvals.');
}
