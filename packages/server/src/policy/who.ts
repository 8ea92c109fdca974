import type { ProvenPerson } from '../kernel/approvals.ts';
import { withProvisioned } from '../kernel/directory.ts';
import { UserError } from '../kernel/errors.ts';
import type { PolicySet } from '../kernel/rules.ts';
import type { PolicyParts } from './parts.ts';

/** A set with the people whom an identity provider keeps: it says who is who. */
export function withPeople({ people }: Pick<PolicyParts, 'people'>, set: PolicySet): PolicySet {
  return people ? withProvisioned(set, people()) : set;
}

/** One id for one person, under whichever of their names they came. */
export function idOf({ directory }: Pick<PolicySet, 'directory'>, name: string): string {
  const lower = name.trim().toLowerCase();
  return directory.get(lower)?.id.toLowerCase() ?? lower;
}

/** Whoever acts, under the one id that they have here: a second name is no second person. */
export function canonical(set: PolicySet, by: ProvenPerson): ProvenPerson {
  const person = idOf(set, by.person);
  if (set.directory.get(person)?.inactive)
    throw new UserError(
      `${by.person} is deactivated in the directory. Nothing was changed.`,
      'Ask whoever keeps the directory, or another administrator.',
    );
  return { ...by, person };
}

/** Whether two names are one person in any of these sets: what a change says of names must not make two of one. */
export function isSame(sets: readonly (PolicySet | undefined)[], one: string, other: string): boolean {
  return sets.some((set) => set !== undefined && idOf(set, one) === idOf(set, other));
}
