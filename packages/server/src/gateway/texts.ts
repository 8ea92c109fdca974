import type { Code } from '@trapkey/contract/codes.ts';
import type { TicketView } from '../kernel/call.ts';
import type { Ruling } from '../kernel/stage.ts';
import type { Texts } from './doors.ts';

/** Pages that a person can open; an id in them is never a capability. */
export interface Links {
  ticket(id: string): string;
  batch?(id: string): string;
  /** Where a person asks the owner for what was refused. */
  ask(about: { readonly call: string | undefined; readonly rule: string }): string;
}

/** The words of refused and held calls, with this deployment's links. */
export function gatewayTexts(links: Links): Texts {
  return {
    refused: ({ ruling, happened, call }) => refusalText(ruling, links, happened, call),
    held: ({ ruling, ticket }) => heldText(ticket, ruling.says, links),
    staged: ({ ruling, batch, n }, call) => stagedText(ruling, { batch, n, connector: call.endpoint.connector }),
    ruling: (ruling) => refusalText(ruling, links),
  };
}

const saysCharactersMax = 1_000;

/** What the agent reads instead of a result. Only where certainly nothing happened does it say so. */
export function refusalText(ruling: Ruling, links: Links, happened: 'nothing' | 'unknown' | 'done' = 'nothing', call?: string): string {
  const why = `${sentence(ruling.says)} (${ruling.code}, rule ${line(ruling.rule)}).`;
  const ticket = ruling.ticket === undefined ? '' : ` Ticket: ${links.ticket(ruling.ticket)}.`;
  const who = `Who can change this: ${line(ruling.owner)}. Ask: ${links.ask({ call, rule: ruling.rule })}.${ticket}`;
  switch (happened) {
    case 'nothing':
      return `NOT DONE: ${opening(ruling.code)}. ${why} Nothing was changed.\n${who} ${next(ruling.code)}`;
    case 'unknown':
      return `NOT KNOWN WHETHER DONE. ${why} It was sent and no valid answer came: it may have happened.\n${who} Do not repeat it; tell the person to look first.`;
    case 'done':
      return `DONE, BUT THE RESULT IS WITHHELD. ${why} It was carried out; do not repeat it.\n${who}`;
  }
}

const failures: ReadonlySet<Code> = new Set(['upstream_failed', 'upstream_invalid', 'record_unavailable', 'internal']);

function opening(code: Code): string {
  if (code === 'invalid_input') return 'not valid';
  return failures.has(code) ? 'it could not be done' : 'not allowed';
}

/** Only a mistake in the request may be mended by the agent itself. */
function next(code: Code): string {
  return code === 'invalid_input' ? 'Correct the arguments and call again.' : 'Do not try another way to the same goal.';
}

/** What the agent reads while a person is asked. */
export function heldText(ticket: TicketView, says: string, links: Links): string {
  const asked = ticket.asked.map((approver) => line(approver).replace(/^group:/, 'group ')).join(', ');
  return [
    `NOT DONE: held for approval, ticket ${ticket.id}. Nothing was sent.`,
    `${sentence(says)}.`,
    `Asked: ${asked}, ${ticket.needs} needed. Expires ${utc(ticket.expiresAtMs, ticket.createdAtMs)}. Rule: ${ruleWords(line(ticket.rule))}.`,
    `Tell the person this and give them ${links.ticket(ticket.id)}. Go on with other work, or call trapkey_wait {"ticket":"${ticket.id}"}.`,
    'Do not retry, split or reach the same goal another way; those calls are held under the same ticket.',
  ].join('\n');
}

/** What the agent reads when its call became a change of a batch. */
function stagedText(
  { says, rule }: Pick<Ruling, 'says' | 'rule'>,
  { batch, n, connector }: { readonly batch: string; readonly n: number; readonly connector: string },
): string {
  return [
    `STAGED as change ${n} of batch ${batch}. Nothing has happened in ${line(connector)}.`,
    `${sentence(says)}. People look at such changes together before they are made (staged, rule ${line(rule)}).`,
    `Go on with the others: each becomes a change of the same batch. When all are staged, call trapkey_batch_submit {"batch":"${batch}"} and tell the person; trapkey_batch_status tells what became of it.`,
    'Do not repeat this call, and do not reach the same goal another way.',
  ].join('\n');
}

/** `approvals/crm.send_campaign` as people say it. */
function ruleWords(rule: string): string {
  return rule === 'approvals/high' ? 'approvals of the high tier' : rule.replace(/^approvals\//, 'approvals of ');
}

/** Hours and minutes on the day that it was asked, the date besides where it runs out on another. */
export function utc(atMs: number, fromMs: number): string {
  const at = new Date(atMs).toISOString();
  const sameDay = at.slice(0, 10) === new Date(fromMs).toISOString().slice(0, 10);
  return `${sameDay ? '' : `${at.slice(0, 10)} `}${at.slice(11, 16)} UTC`;
}

/** Ends without its full stop, so that what follows reads on. */
function sentence(words: string): string {
  return line(words).slice(0, saysCharactersMax).replace(/\.$/, '');
}

/** One line: no words of a rule, a name or a person can start a line that poses as ours. */
export function line(words: string): string {
  return words.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
