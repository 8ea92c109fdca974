/** What a person with a credential may do, besides what policy lets everyone do for themselves. */
export const roles = {
  administrator: 'applies policy, enrolls people, issues and revokes tokens, releases stops',
  approver: 'decides the tickets that policy asks them for',
} as const;
export type Role = keyof typeof roles;

/** Whether a word is a role. */
export function isRole(word: string): word is Role {
  return Object.hasOwn(roles, word);
}

/** Reads roles as stored; a word that is none gives nothing. */
export function rolesOf(stored: string): readonly Role[] {
  return stored.split(' ').filter(isRole);
}

/**
 * Somebody who just showed a credential of their own. Only `verifyCode` makes one, so that no door that asks
 * for it opens for the operating-system user alone.
 */
export interface Proven {
  readonly person: string;
  readonly roles: readonly Role[];
  readonly [provenBrand]: true;
}
declare const provenBrand: unique symbol;

/** The one place that says a person is who they say; called after the code was verified. */
export function proven(person: string, held: readonly Role[]): Proven {
  return { person, roles: held } as Proven;
}
