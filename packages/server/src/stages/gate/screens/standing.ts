import type { ProvenPerson, TicketSummary } from '../../../kernel/approvals.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import { hasAny, lookers, openers } from '../../../kernel/sight.ts';

/**
 * How somebody stands to a ticket. Readers see all of it but what it carries; strangers are told whom it asks, and nothing
 * of what it would do.
 */
export type Standing = 'asker' | 'asked' | 'onlooker' | 'reader' | 'stranger';

/** What says who somebody is, and who owns what. */
export type Known = Pick<PolicySet, 'directory'> & Partial<Pick<PolicySet, 'plugins' | 'connectors'>>;

/** Tells it, by identity: aliases are one person, and groups are the provider's where it named any. */
export function standingOf(policy: Known, ticket: TicketSummary, who: ProvenPerson): Standing {
  const person = idOf(policy, who.person);
  if (idOf(policy, ticket.person) === person) return 'asker';
  const groups = who.groups ?? policy.directory.get(person)?.groups ?? [];
  const isOne = (name: string) =>
    name.startsWith('group:') ? groups.includes(name.slice('group:'.length)) : idOf(policy, name) === person;
  if ([...ticket.asked, ...(ticket.escalatedTo ?? [])].some(isOne)) return 'asked';
  if (ticket.approvals.some((approval) => idOf(policy, approval.person) === person)) return 'asked';
  if (hasAny(openers, who)) return 'onlooker';
  const owners = [policy.plugins?.get(ticket.release.split('@')[0] ?? '')?.owner, policy.connectors?.get(ticket.connector)?.owner];
  return hasAny(lookers, who) || owners.some((owner) => owner !== undefined && isOne(owner)) ? 'reader' : 'stranger';
}

function idOf({ directory }: Known, name: string): string {
  const lower = name.trim().toLowerCase();
  return directory.get(lower)?.id.toLowerCase() ?? lower;
}
