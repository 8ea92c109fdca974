import type { ProvenPerson } from './approvals.ts';
import type { Signed } from './sessions.ts';

/** What a person with a credential may do, besides what policy lets everyone do for themselves. */
export const roles = {
  viewer: 'looks at everything that happens, without what calls carried',
  approver: 'decides the tickets that policy asks them for',
  owner: 'looks after the plugins and connectors that policy names them for',
  operator: 'looks at every ticket and request, and stops runs',
  administrator: 'applies policy, enrolls people, issues and revokes tokens, releases stops',
  auditor: 'looks at everything, exports and opened payloads included, and changes nothing',
} as const;
export type Role = keyof typeof roles;

/** A person with a credential, without the credential. */
export interface PersonView {
  readonly person: string;
  readonly roles: readonly Role[];
  readonly enrolledAtMs: number;
  readonly enrolledBy: string;
  /** Wrong codes since the last right one, from anywhere. */
  readonly failures: number;
}

/** A code as it is shown, once, to the person whom it is for. */
export interface Enrolled {
  readonly person: string;
  readonly code: string;
}

/** What came of a code that was shown. */
export type Verified =
  | { readonly ok: true; readonly who: ProvenPerson }
  | { readonly ok: false; readonly says: string; readonly retryAtMs: number | undefined };

/** People with a credential of their own, in the embedded default. Mistakes are `UserError`s; every change is an entry. */
export interface People {
  /** At the first `up`, when nobody is enrolled yet: the one credential that no credential is needed for. */
  enrollFirst(person: string): Promise<Enrolled>;
  /** By an administrator. */
  enroll(person: string, roles: readonly string[], by: ProvenPerson): Promise<Enrolled>;
  /** One's own, or anybody's by an administrator. The old code ends at once. */
  rotate(person: string, by: ProvenPerson): Promise<Enrolled>;
  /**
   * The only maker of a `ProvenPerson`; leaves an entry whether it is the code or not. `source` is the address that it
   * came from: after wrong codes that place waits, and nobody else.
   */
  verifyCode(person: string, code: string, source?: string): Promise<Verified>;
  list(): Promise<readonly PersonView[]>;
  /** Who signed in at this terminal with `trapkey login`; absent where there is no terminal. */
  signedIn?(): Promise<Signed | undefined>;
}
