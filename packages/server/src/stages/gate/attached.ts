import type { TicketView } from '../../kernel/call.ts';
import type { Moment, Released } from '../../kernel/facts.ts';
import type { ApprovalRule } from '../../kernel/rules.ts';
import type { Ruling, Said } from '../../kernel/stage.ts';
import type { Gated } from './gated.ts';
import { quoted, sentence } from './sentence.ts';

/**
 * What the ticket that came with the call says about it; undefined when there is none, or it settles nothing. `hold` is
 * what policy would ask for now, were there no ticket.
 */
export function attached(facts: Gated, moment: Moment, asks: ApprovalRule, hold: Ruling | undefined): Said<Released> | undefined {
  const { ticket } = facts.call;
  if (!ticket) return undefined;
  // Whoever resumes a ticket asks about nothing else: it says what became of it, and opens no other.
  const resumed = facts.call.via === 'ticket';
  const sameRun = resumed || ticket.run === facts.subject.run.id;
  const over = moment.atMs >= ticket.expiresAtMs;
  switch (ticket.state) {
    case 'approved':
      return over ? { ruling: ranOut(facts, ticket) } : approved(facts, ticket, asks, hold);
    case 'held':
      return { ruling: over ? ranOut(facts, ticket) : again(facts, ticket, asks, hold) };
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
      if (!resumed && !ticket.kept) return undefined;
      return {
        ruling: deny(facts, ticket, 'ticket_used', `Ticket ${ticket.id} for this call is ${ticket.state} already; a ticket runs once`),
      };
  }
}

/** Bound to what the person saw: what moved since goes back to them. */
function approved(facts: Gated, ticket: TicketView, asks: ApprovalRule, hold: Ruling | undefined): Said<Released> {
  const moved = ticket.approval === undefined ? 'who approved it is not known' : movedSince(facts, ticket, asks);
  if (moved !== undefined || ticket.approval === undefined) {
    const now = again(facts, ticket, asks, hold);
    return { ruling: { ...now, says: `${now.says} It was approved before, but ${moved}, so it is asked again.` } };
  }
  return { pass: { code: 'approved', rule: ticket.rule, approval: ticket.approval, ticket: ticket.id } };
}

function movedSince(facts: Gated, ticket: TicketView, asks: ApprovalRule): string | undefined {
  const { bound } = ticket;
  const { subject, permitted, tiered } = facts;
  if (bound.release !== `${subject.plugin.id}@${subject.plugin.version}`) return 'the release changed';
  if (bound.definition !== permitted.pinned.digest) return "the tool's definition changed";
  if (bound.reach !== tiered.reach)
    return `it now reaches ${tiered.reach ?? 'an unknown number'} instead of ${bound.reach ?? 'an unknown number'}`;
  // Where it goes and whom it touches are in the sentence that the person read.
  if (!ticket.sentence.startsWith(sentence(facts))) return 'what it would do is not what was read then';
  if (bound.accountMoved) return 'the connector would act as another account';
  if (asks.needs > ticket.needs) return `it now needs ${asks.needs} approvals`;
  if (asks.approvers.length !== ticket.asked.length || asks.approvers.some((one) => !ticket.asked.includes(one)))
    return 'others are to approve it now';
  if ((asks.distinct ?? []).some((group) => !ticket.distinct?.includes(group))) return 'another group must be among those who approve';
  return undefined;
}

/** The same question as before names the same ticket; another one opens another. */
function again(facts: Gated, ticket: TicketView, asks: ApprovalRule, hold: Ruling | undefined): Ruling {
  const base = hold ?? {
    verdict: 'hold',
    code: 'approval_needed',
    rule: ticket.rule,
    says: sentence(facts),
    owner: facts.subject.connector.owner,
    asks,
  };
  return movedSince(facts, ticket, asks) === undefined ? { ...base, ticket: ticket.id } : base;
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
