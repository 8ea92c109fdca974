import type { TicketSummary } from '../kernel/approvals.ts';
import type { Announced, Notice, TicketEvent } from '../kernel/messages.ts';

/** A message as it waits: made when it happened, from what was bound then. */
export interface Body {
  readonly event: string;
  readonly ticket?: string;
  /** What it tells of where that is no ticket, and its page. */
  readonly about?: Notice['about'];
  readonly id?: string;
  readonly path?: string;
  readonly title: string;
  readonly sentence: string;
  /** Three facts, each a line. */
  readonly facts: readonly string[];
  readonly by?: string;
  /** Words of a person, shown as a quotation. */
  readonly quote?: string;
  /** It waits for a confirmation that may be given where the message is read. */
  readonly confirm?: true;
  readonly at: string;
}

const titles: Readonly<Record<TicketEvent, string>> = {
  held: 'Approval asked',
  reminder: 'Still waiting for approval',
  escalated: 'Escalated: nobody decided in time',
  asked: 'A question about your call',
  answered: 'Your question was answered',
  approved: 'Approved',
  edited: 'Changed, and asked anew',
  refused: 'Refused',
  expired: 'Ran out, which is never a yes',
  withdrawn: 'Taken back',
  extended: 'Given more time',
  break_glass: 'Let run alone in an emergency',
};
const waiting: ReadonlySet<TicketEvent> = new Set(['held', 'reminder', 'escalated', 'answered', 'extended']);
const number = new Intl.NumberFormat('en-US');
const charactersMax = 1_000;
const factsMax = 6;

/** What is said of an event: the sentence of the ticket, three facts, and whose doing it was. */
export function bodyOf(event: TicketEvent, ticket: TicketSummary, more: Announced | undefined, atMs: number): Body {
  const reach = ticket.reach === null ? 'a number that nobody could count' : number.format(ticket.reach);
  const together =
    typeof ticket.cumulative === 'number' && ticket.cumulative !== ticket.reach ? `, ${number.format(ticket.cumulative)} together` : '';
  const left = `${ticket.approvals.length} of ${ticket.needs} approvals`;
  return {
    event,
    ticket: ticket.id,
    title: titles[event],
    sentence: line(ticket.sentence),
    facts: [
      `For ${line(ticket.person)}, with ${line(ticket.release)}`,
      `Reaches ${reach}${together}`,
      `Rule ${line(ticket.rule)}; ${left}; until ${new Date(ticket.expiresAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ],
    ...(ticket.tier === 'low' && waiting.has(event) && { confirm: true as const }),
    ...(more?.by !== undefined && { by: line(more.by) }),
    ...(more?.text !== undefined && { quote: line(more.text) }),
    at: new Date(atMs).toISOString(),
  };
}

/** The same for what is no ticket. */
export function bodyOfNotice(notice: Notice, atMs: number): Body {
  const { about, id, event, title, sentence, facts, by, quote, path } = notice;
  return {
    ...{ event, about, id, path, title: line(title), sentence: line(sentence), facts: facts.slice(0, factsMax).map(line) },
    ...(by !== undefined && { by: line(by) }),
    ...(quote !== undefined && { quote: line(quote) }),
    at: new Date(atMs).toISOString(),
  };
}

/** Id of what a message tells of. */
export function subjectOf({ id, ticket }: Body): string {
  return id ?? ticket ?? '';
}

/** The message as plain text. */
export function plainText(body: Body, link: string): string {
  const { title, sentence, facts, by, quote, about } = body;
  const who = by === undefined ? [] : [`By ${by}${quote === undefined ? '' : `, who says: ${JSON.stringify(quote)}`}`];
  const head = [`${title}: ${subjectOf(body)}`, '', sentence, '', ...facts.map((fact) => `- ${fact}`), ...who, '', link];
  return [...head, ...(about === 'alert' ? [] : ['', footer])].join('\n');
}

/** Deciding happens on the page, by a person who showed who they are; opening a link decides nothing. */
const footer = 'Open it to see exactly what would be sent, and to decide. Opening it decides nothing.';

function line(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, charactersMax);
}
