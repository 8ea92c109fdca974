import type { TicketSummary } from '../../../kernel/approvals.ts';
import { type Html, html } from '../../../kernel/html.ts';
import { filterForm, isPlain, type ListedPage, type ListQuery, listAddress } from './list-filter.ts';
import type { Standing } from './standing.ts';
import { isHigh, plain, span, states } from './words.ts';

/** One page of tickets, how they were asked for, and where to go on. */
export interface Lists {
  readonly tickets: ListedPage['tickets'];
  /** What this person asked for lately; only beside the list that everybody starts with. */
  readonly own: readonly TicketSummary[];
  readonly query: ListQuery;
  readonly next: string | undefined;
}

/** What waits for this person, what they asked for, and for those who look after it all, the rest. */
export function listPage({ tickets, own, query, next }: Lists, atMs: number): Html {
  const plainly = isPlain(query);
  const [waiting, rest] = [waitingFor(tickets, 'asked'), waitingFor(tickets, 'onlooker')];
  const others = tickets.filter(
    ({ standing, ticket }) => !waiting.includes(ticket) && !rest.includes(ticket) && (!plainly || standing === 'asked'),
  );
  return html`<h1>Approvals</h1>
<p class="lead">${plainly ? leadOf(waiting.length, next) : `${tickets.length} on this page.`}</p>
${filterForm(query)}
${waiting.length > 0 && list('Waiting for you', waiting, atMs)}
${own.length > 0 && list('You asked for', own, atMs)}
${rest.length > 0 && list('Waiting for others', rest, atMs)}
${
  others.length > 0 &&
  list(
    plainly ? 'Approved, and not run yet' : 'Others',
    others.map(({ ticket }) => ticket),
    atMs,
  )
}
${
  (next !== undefined || query.after !== undefined) &&
  html`<nav class="pages" aria-label="pages"><p>${query.after !== undefined && html`<a href="${listAddress(query)}">Newest</a> `}${
    next !== undefined && html`<a rel="next" href="${listAddress(query, next)}">Older</a>`
  }</p></nav>`
}
${desks}`;
}

/** Pages for those who look after it all. */
const desks = html`<nav class="desks" aria-label="More about approvals"><a href="/grants">Grants</a> <a href="/reviews">Reviews</a> <a href="/quality">Quality</a> <a href="/messages">Messages</a></nav>`;

function leadOf(waiting: number, next: string | undefined): string {
  if (waiting === 0) return next === undefined ? 'Nothing waits for your decision.' : 'Nothing on this page waits for your decision.';
  const here = next === undefined ? '' : ' on this page, and there are more';
  return `${waiting === 1 ? 'One call waits' : `${waiting} calls wait`} for your decision${here}.`;
}

/** The high tier before the rest, then what runs out first. */
function waitingFor(tickets: ListedPage['tickets'], wanted: Standing): readonly TicketSummary[] {
  return tickets
    .filter(({ ticket, standing }) => standing === wanted && ticket.state === 'held')
    .map(({ ticket }) => ticket)
    .toSorted((a, b) => Number(isHigh(b)) - Number(isHigh(a)) || a.expiresAtMs - b.expiresAtMs);
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
