import type { TicketSummary } from '../../../kernel/approvals.ts';
import { type Html, html } from '../../../kernel/html.ts';
import { plain, span, states } from './words.ts';

/** Tickets in the order in which somebody should look at them. */
export interface Lists {
  readonly waiting: readonly TicketSummary[];
  readonly own: readonly TicketSummary[];
  readonly others: readonly TicketSummary[];
}

/** What waits for this person, what they asked for, and for those who look after it all, the rest. */
export function listPage({ waiting, own, others }: Lists, atMs: number): Html {
  const [first] = waiting;
  const lead = first
    ? `${waiting.length === 1 ? 'One call waits' : `${waiting.length} calls wait`} for your decision.`
    : 'Nothing waits for your decision.';
  return html`<h1>Approvals</h1>
<p class="lead">${lead}</p>
${waiting.length > 0 && list('Waiting for you', waiting, atMs)}
${own.length > 0 && list('You asked for', own, atMs)}
${others.length > 0 && list('Waiting for others', others, atMs)}`;
}

function list(title: string, tickets: readonly TicketSummary[], atMs: number): Html {
  return html`<section><h2>${title}</h2><ul class="tickets">${tickets.map((ticket) => row(ticket, atMs))}</ul></section>`;
}

function row(ticket: TicketSummary, atMs: number): Html {
  const { sign, word } = states[ticket.state];
  const left = ticket.state === 'held' ? `, expires in ${span(ticket.expiresAtMs - atMs)}` : '';
  return html`<li><a href="/t/${ticket.id}"><span class="state ${ticket.state}"><span aria-hidden="true">${sign}</span> ${word}</span>
<span class="what">${plain(ticket.sentence)}</span>
<span class="quiet">${plain(ticket.person)} with ${plain(ticket.release)}${left}${ticket.tier !== undefined && `, tier ${ticket.tier}`}${ticket.frozen && `, frozen by ${ticket.frozen.stop}`}</span></a></li>`;
}
