import type { ProvenPerson } from '../../kernel/approvals.ts';
import { UserError } from '../../kernel/errors.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import { freshForMs, isFresh } from '../../kernel/sessions.ts';

/** What of the running policy says who is who. */
export type ReviewPolicy = Pick<PolicySet, 'directory' | 'organization'>;

/** One id for one person: aliases and upper case are the same human. */
export function idOf({ directory }: ReviewPolicy, name: string): string {
  const lower = name.trim().toLowerCase();
  return directory.get(lower)?.id.toLowerCase() ?? lower;
}

/** Throws unless they have one of the roles, or own it where owners may. */
export function mustHave(by: ProvenPerson, roles: readonly string[], what: string, owns = false): void {
  if (owns || roles.some((role) => by.roles.includes(role))) return;
  throw new UserError(
    `${what} needs the role ${roles.join(' or ')}; ${by.person} has ${by.roles.join(', ') || 'none'}. Nothing was changed.`,
  );
}

/** Throws unless they showed a credential just now. */
export function mustBeFresh(by: ProvenPerson, atMs: number): void {
  if (isFresh(by, atMs)) return;
  throw new UserError(
    `This counts only within ${freshForMs / 60_000} minutes of showing a credential. Nothing was changed.`,
    'Sign in again, or use `trapkey catalog` with your code.',
  );
}

/** Throws when who proposed it would approve it. Where one person is the whole organization, there is nobody else. */
export function mustBeAnother(policy: ReviewPolicy, by: ProvenPerson, author: string, what: string): void {
  if (policy.organization.solo || idOf(policy, by.person) !== idOf(policy, author)) return;
  throw new UserError(`${by.person} proposed it, and ${what} is for somebody else. Nothing was changed.`);
}
