import type { TicketView } from '../../kernel/call.ts';
import type { Moment, Released } from '../../kernel/facts.ts';
import type { ApprovalRule } from '../../kernel/rules.ts';
import type { Ruling, Said } from '../../kernel/stage.ts';
import type { Gated } from './gated.ts';
import { quoted, sentence } from './sentence.ts';

/** What the ticket that came with the call says about it; undefined when there is none, or it settles nothing. */
export function attached(facts: Gated, moment: Moment, asks: ApprovalRule): Said<Released> | undefined {
  const { ticket } = facts.call;
  if (!ticket) return undefined;
  const sameRun = ticket.run === facts.subject.run.id;
  switch (ticket.state) {
    case 'approved':
      return approved(facts, ticket, moment, asks);
    case 'held':
      return moment.atMs >= ticket.expiresAtMs ? { ruling: ranOut(facts, ticket) } : { ruling: stillHeld(facts, ticket, asks) };
    case 'refused':
      return sameRun ? { ruling: refusedBefore(facts, ticket) } : undefined;
    case 'expired':
      return sameRun ? { ruling: ranOut(facts, ticket) } : undefined;
    case 'executing':
      return { ruling: deny(facts, ticket, 'ticket_used', `Ticket ${ticket.id} is running this call right now; a ticket runs once`) };
    case 'done':
    case 'failed':
    case 'unknown':
    case 'withdrawn':
      return undefined;
  }
}

/** Bound to what the person saw: what moved since goes back to them. */
function approved(facts: Gated, ticket: TicketView, moment: Moment, asks: ApprovalRule): Said<Released> {
  if (moment.atMs >= ticket.expiresAtMs) return { ruling: ranOut(facts, ticket) };
  const moved = movedSince(facts, ticket, asks);
  if (moved !== undefined || ticket.approval === undefined) {
    const says = `${sentence(facts)} It was approved before, but ${moved ?? 'who approved it is not known'}, so it is asked again.`;
    return { ruling: { verdict: 'hold', code: 'approval_needed', rule: ticket.rule, says, owner: facts.subject.connector.owner, asks } };
  }
  return { pass: { code: 'approved', rule: ticket.rule, approval: ticket.approval, ticket: ticket.id } };
}

function movedSince(facts: Gated, { bound, needs, asked }: TicketView, asks: ApprovalRule): string | undefined {
  const { subject, permitted, tiered } = facts;
  if (bound.release !== `${subject.plugin.id}@${subject.plugin.version}`) return 'the release changed';
  if (bound.definition !== permitted.pinned.digest) return "the tool's definition changed";
  if (bound.reach !== tiered.reach)
    return `it now reaches ${tiered.reach ?? 'an unknown number'} instead of ${bound.reach ?? 'an unknown number'}`;
  if (asks.needs > needs) return `it now needs ${asks.needs} approvals`;
  if (asks.approvers.join('\n') !== asked.join('\n')) return 'other people are asked now';
  return undefined;
}

/** Where what would run moved while it waited, the words are new and the ticket is replaced: nobody approves what was. */
function stillHeld(facts: Gated, ticket: TicketView, asks: ApprovalRule): Ruling {
  const owner = facts.subject.connector.owner;
  const held = { verdict: 'hold', code: 'approval_needed', rule: ticket.rule, owner, asks } as const;
  if (movedSince(facts, ticket, asks) !== undefined) return { ...held, says: sentence(facts) };
  return { ...held, says: ticket.sentence, ticket: ticket.id };
}

function refusedBefore(facts: Gated, ticket: TicketView): Ruling {
  const reason = ticket.decidedReason === undefined ? 'without a reason' : `saying ${quoted(ticket.decidedReason, 300)}`;
  return deny(facts, ticket, 'refused_before', `A person refused exactly this in this run (ticket ${ticket.id}), ${reason}`);
}

function ranOut(facts: Gated, ticket: TicketView): Ruling {
  return deny(facts, ticket, 'expired', `Ticket ${ticket.id} for this call ran out; running out is never a yes`);
}

function deny(facts: Gated, ticket: TicketView, code: Ruling['code'], says: string): Ruling {
  return { verdict: 'deny', code, rule: ticket.rule, says, owner: facts.subject.connector.owner, ticket: ticket.id };
}
