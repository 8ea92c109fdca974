import type { ProvenPerson } from './approvals.ts';

/** How a person signed in. */
export type SignedInBy = 'link' | 'code' | 'passkey' | 'oidc' | 'cli';

/** A person signed in, as their requests are served. */
export interface Signed {
  /** Public id of the session; nobody can be it by knowing this. */
  readonly id: string;
  /** Keyed hash of the cookie: what other tokens of the session are derived from. Never shown. */
  readonly hash: string;
  readonly who: ProvenPerson;
  readonly via: SignedInBy;
  readonly createdAtMs: number;
  readonly seenAtMs: number;
  readonly expiresAtMs: number;
}

/** A session that just began, with the only copy of its token. */
export interface Begun {
  readonly token: string;
  readonly signed: Signed;
}

/** Who a session is for, as a proof of their own showed. */
export interface Arrival {
  readonly person: string;
  readonly groups?: readonly string[] | undefined;
  readonly via: SignedInBy;
  /** True when a credential was shown just now, and not only a link. */
  readonly fresh: boolean;
  /** Token of the session that it takes the place of; a token is never carried over. */
  readonly replaces?: string | undefined;
}

/** A high-tier decision needs a credential shown within this time. */
export const freshForMs = 5 * 60_000;

/** Whether a person showed a credential recently enough for a high-tier decision. */
export function isFresh(who: ProvenPerson, atMs: number): boolean {
  return who.freshAtMs !== undefined && atMs - who.freshAtMs <= freshForMs && who.freshAtMs <= atMs;
}

/** People signed in. Every begin and end is an entry. */
export interface Sessions {
  /** The session of a cookie or bearer; nothing when it is unknown, over, idle too long or revoked. */
  find(token: string): Promise<Signed | undefined>;
  /** The same sessions as they stand now, by their hash, without counting as their use; without those that are over. */
  look(signed: readonly Pick<Signed, 'hash'>[]): Promise<ReadonlyMap<string, Signed>>;
  /** One's own, or anybody's by an administrator; that it ended is on record. */
  end(id: string, by: ProvenPerson): Promise<void>;
  /** Those of a person that are open, or everybody's; newest first. */
  list(person: string | undefined): Promise<readonly Signed[]>;
}

/** A one-time link that signs a person in, as shown to them once. */
export interface SignInLink {
  readonly path: string;
  readonly person: string;
  readonly expiresAtMs: number;
}

/** Makes links for people who showed a credential: a link is only a way to carry that to another screen. */
export interface SignInLinks {
  make(by: ProvenPerson | { readonly setup: string }): Promise<SignInLink>;
}

/** Tokens that show that a form came from a page of ours: bound to a session, or to a browser before it has one. */
export interface FormTokens {
  of(boundTo: string): string;
  fits(boundTo: string, token: string): boolean;
}
