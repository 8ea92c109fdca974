import type { Approval, ProvenPerson } from '../../kernel/approvals.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { TicketRow } from './store.ts';
import { approvalsOf, askedOf, stateAt } from './view.ts';

/** What of the running policy says who may decide. */
export type DecidingPolicy = Pick<PolicySet, 'directory' | 'organization'>;

/** Throws, in words, unless this person may decide this ticket now; gives the id and kind that it counts as. */
export function authorise(policy: DecidingPolicy, row: TicketRow, by: ProvenPerson, atMs: number): Pick<Approval, 'person' | 'kind'> {
  stillOpen(row, atMs);
  const owner = policy.organization.owner;
  const person = identity(policy, by.person);
  if (!by.roles.includes('approver')) {
    throw new UserError(`${person} is not enrolled as an approver. Nothing was changed.`, 'An administrator can enroll approvers.');
  }
  const asked = askedOf(row);
  if (!asked.some((approver) => isApprover(policy, approver, person))) {
    const who = asked.map((approver) => approver.replace(/^group:/, 'group ')).join(', ');
    throw new UserError(
      `Ticket ${row.id} asks ${who}; ${person} is not among them. Nothing was changed.`,
      `Who can change that: ${owner} (rule ${row.rule}).`,
    );
  }
  const own = person === identity(policy, row.person);
  if (own && !policy.organization.solo) {
    throw new UserError(`${person} asked for this call and cannot decide it. Nothing was changed.`, `Ask another of ${asked.join(', ')}.`);
  }
  return { person, kind: own ? 'self' : 'human' };
}

/** Throws when the person's approval is counted already. */
export function notYetCounted(policy: DecidingPolicy, row: TicketRow, person: string): void {
  const given = approvalsOf(row);
  if (!given.some((approval) => identity(policy, approval.person) === person)) return;
  const left = row.needs - given.length;
  throw new UserError(
    `${person} approved ticket ${row.id} already; each person counts once. ${left} more needed.`,
    'Ask another approver.',
  );
}

function stillOpen(row: TicketRow, atMs: number): void {
  const state = stateAt(row, atMs);
  if (state === 'held') return;
  const when = state === 'expired' ? ` at ${rfc3339(row.expires_at_ms)}` : '';
  throw new UserError(
    `Ticket ${row.id} is ${state}${when} and cannot be decided again. Nothing was changed.`,
    'When the agent makes the call again, policy decides whether a new ticket is opened.',
  );
}

/** One id for one person: aliases and upper case are the same human. */
function identity(policy: DecidingPolicy, name: string): string {
  const lower = name.trim().toLowerCase();
  return policy.directory.get(lower)?.id.toLowerCase() ?? lower;
}

function isApprover(policy: DecidingPolicy, approver: string, person: string): boolean {
  if (!approver.startsWith('group:')) return identity(policy, approver) === person;
  return policy.directory.get(person)?.groups.includes(approver.slice('group:'.length)) ?? false;
}
