import type { TicketView } from '../../kernel/call.ts';
import type { Moment, Released } from '../../kernel/facts.ts';
import type { ApprovalRule } from '../../kernel/rules.ts';
import type { Ruling, Said } from '../../kernel/stage.ts';
import type { Gated } from './gated.ts';
import type { RecipientsDigest } from './recipients.ts';
import { quoted, sentence } from './sentence.ts';

/** A call at the gate. */
interface Attached {
  readonly facts: Gated;
  readonly moment: Moment;
  /** Who is asked, were a person asked. */
  readonly asks: ApprovalRule;
  /** What policy would ask for now, were there no ticket. */
  readonly hold: Ruling | undefined;
  readonly digest: RecipientsDigest | undefined;
}

/** What the ticket that came with the call says about it; undefined when there is none, or it settles nothing. */
export function attached(at: Attached): Said<Released> | undefined {
  const { facts, moment } = at;
  const { ticket } = facts.call;
  if (!ticket) return undefined;
  // Whoever resumes a ticket asks about nothing else: it says what became of it, and opens no other.
  const resumed = facts.call.via === 'ticket';
  const sameRun = resumed || ticket.run === facts.subject.run.id;
  const over = moment.atMs >= ticket.expiresAtMs;
  switch (ticket.state) {
    case 'approved':
      return over ? { ruling: ranOut(facts, ticket) } : approved(at, ticket);
    case 'held':
      return { ruling: over ? ranOut(facts, ticket) : again(at, ticket) };
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
function approved(at: Attached, ticket: TicketView): Said<Released> {
  const moved = ticket.approval === undefined ? 'who approved it is not known' : movedSince(at, ticket);
  if (moved !== undefined || ticket.approval === undefined) {
    const now = again(at, ticket);
    return { ruling: { ...now, says: `${now.says} It was approved before, but ${moved}, so it is asked again.` } };
  }
  return { pass: { code: 'approved', rule: ticket.rule, approval: ticket.approval, ticket: ticket.id } };
}

function movedSince({ facts, asks, digest }: Attached, ticket: TicketView): string | undefined {
  const { bound } = ticket;
  const { subject, permitted, tiered } = facts;
  if (bound.release !== `${subject.plugin.id}@${subject.plugin.version}`) return 'the release changed';
  if (bound.definition !== permitted.pinned.digest) return "the tool's definition changed";
  if (bound.reach !== tiered.reach)
    return `it now reaches ${tiered.reach ?? 'an unknown number'} instead of ${bound.reach ?? 'an unknown number'}`;
  if (tiered.recipients ? !digest || bound.recipients !== digest(tiered.recipients) : bound.recipients !== null)
    return 'it now reaches others';
  // Where it goes is in the sentence that the person read.
  if (!ticket.sentence.startsWith(sentence(facts))) return 'what it would do is not what was read then';
  if (bound.accountMoved) return 'the connector would act as another account';
  if (asks.needs > ticket.needs) return `it now needs ${asks.needs} approvals`;
  if (asks.approvers.length !== ticket.asked.length || asks.approvers.some((one) => !ticket.asked.includes(one)))
    return 'others are to approve it now';
  if ((asks.distinct ?? []).some((group) => !ticket.distinct?.includes(group))) return 'another group must be among those who approve';
  return undefined;
}

/** The same question as before names the same ticket; another one opens another. */
function again(at: Attached, ticket: TicketView): Ruling {
  const { facts, asks, hold } = at;
  const base = hold ?? {
    verdict: 'hold',
    code: 'approval_needed',
    rule: ticket.rule,
    says: sentence(facts),
    owner: facts.subject.connector.owner,
    asks,
  };
  return movedSince(at, ticket) === undefined ? { ...base, ticket: ticket.id } : base;
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
