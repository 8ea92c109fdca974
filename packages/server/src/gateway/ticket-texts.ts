import type { AgentTicket } from '../kernel/agent-tickets.ts';
import type { TicketTexts } from './doors.ts';
import { heldText, type Links, line, utc } from './texts.ts';

const quotedCharactersMax = 300;

/** Sentences about a ticket for its own agent. What a person wrote is in quotes, on one line, and cut. */
export function ticketTexts(links: Links): TicketTexts {
  return {
    open(ticket) {
      const { view, question } = ticket;
      if (view.state === 'executing')
        return `Ticket ${view.id} is being carried out right now; there is no result yet. Call trapkey_wait {"ticket":"${view.id}"} for it. Do not repeat the call.`;
      const asked = question === undefined ? '' : `\nA person asks on the ticket: ${quoted(question)}. It is answered there, not here.`;
      return `${heldText(view, view.sentence, links)}${asked}`;
    },
    ended,
    elsewhere: ({ view, connector, tool }) =>
      view.state === 'approved'
        ? `Ticket ${view.id} is approved and has not run. It is of connector ${line(connector)}: make the same call of ${line(tool)} there again, or call trapkey_wait there.`
        : `Ticket ${view.id} has run. Its result is with connector ${line(connector)}: make the same call of ${line(tool)} there again, or call trapkey_wait there.`,
    none: (ticket) =>
      `NOT DONE: there is no ticket ${quoted(ticket.slice(0, 64))} of this person and plugin. trapkey_list shows those that there are.`,
    list: (tickets) =>
      tickets.length === 0 ? 'No held calls of this person and plugin.' : tickets.map((ticket) => listed(ticket, links)).join('\n'),
  };
}

function ended({ view }: AgentTicket): string {
  const about = `Ticket ${view.id}: ${line(view.sentence)}`;
  switch (view.state) {
    case 'refused': {
      const saying = view.decidedReason === undefined ? 'without a reason' : `saying ${quoted(view.decidedReason)}`;
      return `NOT DONE: a person refused it, ${saying}. Nothing was changed.\n${about}\nTell the person. Do not try another way to the same goal.`;
    }
    case 'expired':
      return `NOT DONE: the ticket ran out, which is never a yes. Nothing was changed.\n${about}\nTell the person. Do not try another way to the same goal.`;
    case 'withdrawn':
      return `NOT DONE: the ticket was taken back or replaced. Nothing was changed.\n${about}\ntrapkey_list shows whether another is open for it.`;
    case 'unknown':
      return `NOT KNOWN WHETHER DONE. It was sent and no answer came: it may have happened.\n${about}\nDo not repeat it; tell the person to look first.`;
    case 'done':
      return `DONE, BUT THERE IS NO RESULT TO SHOW. It was carried out; do not repeat it.\n${about}`;
    case 'failed':
      return `NOT DONE: it was approved, and could not be done. Nothing was changed.\n${about}\nTell the person.`;
    case 'held':
    case 'approved':
    case 'executing':
      return `NOT DONE: what the ticket would do cannot be opened any more, so it does not run. Nothing was changed.\n${about}\nTell the person.`;
  }
}

function listed({ view, connector, tool, hasResult }: AgentTicket, links: Links): string {
  const until = view.state === 'held' || view.state === 'approved' ? ` until ${utc(view.expiresAtMs, view.createdAtMs)}` : '';
  const result = hasResult ? ', its result is kept' : '';
  return `${view.id} ${view.state}${until}${result}: ${line(connector)}.${line(tool)}. ${line(view.sentence)} ${links.ticket(view.id)}`;
}

/** Words of others inside ours: in quotes, so that they cannot pose as ours. */
function quoted(text: string): string {
  return JSON.stringify(line(text).slice(0, quotedCharactersMax).toWellFormed());
}
