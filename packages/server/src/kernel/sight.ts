import type { Role } from './people.ts';

/** Who sees what happens for everybody, without what calls carried. */
export const lookers = ['viewer', 'operator', 'administrator', 'auditor'] as const satisfies readonly Role[];

/** Who sees what calls carried too; that they looked is an entry. */
export const openers = ['operator', 'administrator', 'auditor'] as const satisfies readonly Role[];

/** Who runs the whole, and may stop anything. */
export const runners = ['operator', 'administrator'] as const satisfies readonly Role[];

/** Who decides, or looks after those who do. */
export const deciders = ['approver', 'operator', 'administrator'] as const satisfies readonly Role[];

/** Whether somebody has one of these roles. */
export function hasAny(of: readonly Role[], { roles }: { readonly roles: readonly string[] }): boolean {
  return of.some((role) => roles.includes(role));
}
