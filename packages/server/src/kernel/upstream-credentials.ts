import type { ProvenPerson } from './approvals.ts';

/** For whom a request goes upstream. */
export interface OnBehalf {
  readonly person: string;
  /** Public id of the credential that they came with. */
  readonly credential: string;
}

/** What goes into `Authorization` upstream, or why nothing does. */
export type Bearer =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly code: 'not_signed_in' | 'upstream_failed'; readonly says: string };

/** A grant of a person as it may be shown; never its tokens. */
export interface GrantedView {
  readonly id: string;
  readonly connection: string;
  readonly vendor: string;
  readonly person: string;
  readonly grantedAtMs: number;
  readonly refreshedAtMs: number;
  readonly expiresAtMs: number | undefined;
}

/** Which open grants; what is left out does not matter. */
export interface GrantedScope {
  readonly id?: string | undefined;
  readonly vendor?: string | undefined;
  readonly connection?: string | undefined;
  readonly person?: string | undefined;
}

/** What people let the gateway do for them at upstreams. Mistakes are `UserError`s; every change is an entry. */
export interface UpstreamGrants {
  list(scope?: GrantedScope): Promise<readonly GrantedView[]>;
  /** All of a scope in one act: from then on none of them is used, on any node. One's own, or anybody's by an administrator. */
  revoke(scope: GrantedScope, by: ProvenPerson, reason?: string): Promise<readonly GrantedView[]>;
}

/** The rule that a refusal names where a person has to sign in; its link leads to the page where they do. */
export function signInRule(connection: string): string {
  return `connection/${connection}/sign-in`;
}

/** The page of such a rule; undefined for any other. */
export function signInPath(rule: string): string | undefined {
  const connection = /^connection\/([a-z0-9][a-z0-9_-]{0,63})\/sign-in$/.exec(rule)?.[1];
  return connection === undefined ? undefined : `/credentials/${connection}`;
}
