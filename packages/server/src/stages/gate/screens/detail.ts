import type { ListedTicket, TicketDetail } from '@trapkey/contract/api/approvals.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { Eligible, TicketDetail as Opened, TicketSummary } from '../../../kernel/approvals.ts';
import type { Asked } from '../../../kernel/http.ts';
import { signedIn } from '../../../kernel/http.ts';
import { changesIn } from './changes.ts';
import type { ApprovalScreens } from './doors.ts';
import { claimed, computed } from './facts.ts';
import { found, isIn, notYours } from './involved.ts';
import { cut, listsOf } from './lists.ts';
import { type Standing, standingOf } from './standing.ts';
import { confirmation, isHigh } from './words.ts';

/** A ticket as the list shows it to one person. What the agent says of it is its payload, so readers do not get that. */
export function listed(ticket: TicketSummary, standing: Standing, eligible: Eligible): ListedTicket {
  const { facts: _facts, ...shown } = ticket;
  return plainJson({ ...shown, standing, eligible, group: `${ticket.person} ${ticket.release} ${ticket.connector}.${ticket.tool}` });
}

/** Everything of one ticket for one person; what it carries only for whom it concerns, and then looking is an entry. */
export async function detailFor(doors: ApprovalScreens, asked: Asked<unknown>): Promise<TicketDetail> {
  const { who } = signedIn(asked);
  const ticket = await found(doors, asked);
  const [standing, eligible] = [standingOf(doors.policy(), ticket, who), await doors.approvals.eligible(ticket.id, who)];
  const [glass, grant] = [await doors.approvals.mayBreakGlass(ticket.id, who), await doors.grants?.may(ticket.id, who)];
  const opens = isIn(standing) || eligible.may || glass.may;
  if (!opens && standing !== 'reader') throw notYours(ticket, who.person);
  const wanted = opens && asked.query['payload'] !== 'no';
  const by = { person: who.person, assurance: 'proved' } as const;
  const opened = wanted ? await doors.approvals.show(ticket.id, by) : undefined;
  const [similar, why, chain] = await Promise.all([
    opened ? doors.approvals.similar(ticket.id, by) : undefined,
    doors.places?.(ticket.rule),
    doors.chain?.(ticket.call),
  ]);
  const short = opened && cut(opened.payload.arguments);
  return plainJson({
    ...listed(ticket, standing, eligible),
    ...(opens && { facts: ticket.facts ?? {} }),
    payload: opened && short ? { ...opened.payload, arguments: short.value } : null,
    ...(opened?.original && { original: { ...opened.original, arguments: cut(opened.original.arguments).value } }),
    payloadCut: short?.wasCut ?? false,
    lists: opened ? listsOf(opened.payload.arguments, ticket.id) : [],
    bound: opened?.bound ?? null,
    edits: opened?.original ? changesIn(opened.original.arguments, opened.payload.arguments).changes : [],
    similar: opened && similar ? comparedWith(similar, opened) : null,
    why: why ?? null,
    chain: chain ? { ...chain, instructions: opens ? chain.instructions : { ...chain.instructions, prompt: null } } : null,
    notes: opens ? (opened?.notes ?? (await doors.approvals.notes(ticket.id))) : [],
    pieces: opened?.pieces ?? [],
    computed: computed(ticket.facts, ticket.reach).map(([term, words]) => ({ term, words })),
    agentSays: opens ? (claimed(ticket.facts) ?? null) : null,
    confirm: isHigh(ticket) ? confirmation(ticket) : null,
    stepUp: isHigh(ticket),
    mayGrant: grant?.may ?? false,
    mayBreakGlass: glass.may,
  });
}

function comparedWith(similar: { readonly ticket: TicketSummary; readonly arguments: Json }, opened: Opened) {
  return {
    ticket: similar.ticket.id,
    atMs: similar.ticket.decidedAtMs ?? similar.ticket.createdAtMs,
    ...changesIn(similar.arguments, opened.payload.arguments),
  };
}

/** Without what is undefined, as it is sent. */
function plainJson<T>(value: unknown): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
