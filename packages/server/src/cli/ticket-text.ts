import type { TicketDetail, TicketSummary } from '../kernel/approvals.ts';

/** Tickets as a person reads them, one line and one sentence each. */
export function listText(tickets: readonly TicketSummary[]): string {
  if (tickets.length === 0) return 'No tickets.\n';
  return tickets.map((ticket) => `${ticket.id}  ${stateText(ticket)}\n  ${plain(ticket.sentence)}\n  ${askedText(ticket)}\n`).join('');
}

/** Everything that a person needs to decide, made from what is bound. */
export function detailText(ticket: TicketDetail): string {
  const lines = [
    `Ticket      ${ticket.id}, ${stateText(ticket)}`,
    `What        ${plain(ticket.sentence)}`,
    `For         ${plain(ticket.person)} with ${plain(ticket.release)}, run ${ticket.run}`,
    `Asked       ${askedText(ticket)}`,
    `Rule        ${plain(ticket.rule)}`,
    ...(ticket.decidedReason === undefined ? [] : [`Reason      ${plain(ticket.decidedReason)}`]),
    `Tool        ${plain(ticket.connector)}.${plain(ticket.tool)}, definition ${ticket.bound.definition}`,
    ...linkedLines(ticket),
    ...(ticket.notes ?? []).map(
      (note) =>
        `${note.kind === 'question' ? 'Question' : note.kind === 'answer' ? 'Answer  ' : 'Note    '}    ${plain(note.person)}: ${plain(note.text)}`,
    ),
    ...(ticket.edited
      ? [
          `Changed     by ${ticket.editors?.map(plain).join(', ') || 'an approver, who cut it down'}; the agent asked for:`,
          shownJson(ticket.original?.arguments ?? null),
        ]
      : []),
    'Would send  exactly this:',
    shownJson(ticket.payload.arguments),
    ...(isEmpty(ticket.payload.extra) ? [] : ['and beside the arguments:', shownJson(ticket.payload.extra)]),
  ];
  return `${lines.join('\n')}\n`;
}

function stateText(ticket: TicketSummary): string {
  const ends = ticket.state === 'held' || ticket.state === 'approved' ? `, expires ${minute(ticket.expiresAtMs)}` : '';
  return `${ticket.state}${ends}${ticket.frozen ? `. ${plain(ticket.frozen.says)}` : ''}`;
}

function askedText(ticket: TicketSummary): string {
  const asked = ticket.asked.map((approver) => plain(approver).replace(/^group:/, 'group ')).join(', ');
  const given = ticket.approvals
    .map(({ person, kind }) =>
      kind === 'self' ? `${plain(person)} (who asked)` : kind === 'break-glass' ? `${plain(person)} (break-glass)` : plain(person),
    )
    .join(', ');
  const also = ticket.escalatedTo
    ? `, and by now ${ticket.escalatedTo.map((one) => plain(one).replace(/^group:/, 'group ')).join(', ')}`
    : '';
  const each = ticket.distinct?.length
    ? `, of each of ${ticket.distinct.map((one) => plain(one).replace(/^group:/, 'group ')).join(', ')} one`
    : '';
  return `${asked}${also}; ${ticket.needs} needed${each}, approved by ${given || 'nobody yet'}`;
}

function linkedLines({ pieces = [], cumulative, reach }: TicketDetail): readonly string[] {
  if (pieces.length === 0) return [];
  const together = cumulative === null || cumulative === undefined || cumulative === reach ? '' : `, ${cumulative} together so far`;
  return [`Pieces      ${pieces.map(({ id, state, reach: one }) => `${id} (${state}, ${one ?? '?'})`).join(' ')}${together}`];
}

/** A time as people read it, to the minute. */
export function minute(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Characters that a terminal obeys or hides are written out: what is read is what would be sent. */
function shownJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => (char === '\n' ? char : escaped(char)));
}

function plain(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(char: string): string {
  return [...Array(char.length).keys()].map((at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
