import type { TicketSummary } from '../../../kernel/approvals.ts';
import { revealed } from '../../../kernel/revealed.ts';

const number = new Intl.NumberFormat('en-US');

/** States as a person reads them: a sign and a word, so that colour is never alone. */
export const states: Readonly<Record<TicketSummary['state'], { readonly sign: string; readonly word: string; readonly says: string }>> = {
  held: { sign: '◷', word: 'Waiting', says: 'Nothing was sent. It waits for a decision.' },
  approved: { sign: '✓', word: 'Approved', says: 'It may run once, exactly as shown.' },
  executing: { sign: '▸', word: 'Running', says: 'It is running now.' },
  done: { sign: '✓', word: 'Done', says: 'It ran once.' },
  failed: { sign: '!', word: 'Failed', says: 'It was tried, and the connector answered with an error.' },
  unknown: {
    sign: '?',
    word: 'Unknown',
    says: 'It was sent and no answer came. Whether it happened has to be looked up there; it is not tried again.',
  },
  refused: { sign: '✕', word: 'Refused', says: 'It did not run and will not.' },
  expired: { sign: '◷', word: 'Expired', says: 'Nobody decided in time. It did not run; running out is never a yes.' },
  withdrawn: { sign: '↩', word: 'Withdrawn', says: 'It was taken back and did not run.' },
};

/** A count as people read it. */
export function count(many: number): string {
  return number.format(many);
}

/** UTC to the minute. */
export function minute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** How long until or since. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.round(Math.abs(ms) / 60_000));
  if (minutes < 1) return 'less than a minute';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60 === 0 ? '' : ` ${minutes % 60} min`;
  return hours < 48 ? `${hours} h${rest}` : `${Math.floor(hours / 24)} days`;
}

/** Who is asked, in words. */
export function names(asked: readonly string[]): string {
  return asked.map((one) => plain(one).replace(/^group:/, 'group ')).join(', ');
}

/** One line of somebody else's text, with what hides in it made visible. */
export function plain(text: string): string {
  return revealed(text.replaceAll(/[\r\n\t\p{Zl}\p{Zp}]+/gu, ' '));
}

/** Whether more than a session is needed. A tier that nobody knows counts as high. */
export function isHigh(ticket: Pick<TicketSummary, 'tier'>): boolean {
  return ticket.tier === undefined || ticket.tier === 'high';
}

/** What is typed to approve a high-tier ticket: its reach; where nobody could count, the end of its id. */
export function confirmation(ticket: Pick<TicketSummary, 'reach' | 'id'>): string {
  return ticket.reach === null ? ticket.id.slice(-4) : String(ticket.reach);
}
