import type { ProvenPerson } from './approvals.ts';

export interface TokenRequest {
  readonly plugin: string;
  /** Whom the tokens are for; the issuer when absent. */
  readonly person?: string | undefined;
  readonly profile?: string | undefined;
  readonly expiresMs?: number | undefined;
  /** `setup` is `wire` at the first `up`, for the person whom it has just enrolled: no command reaches it. */
  readonly by: ProvenPerson | { readonly setup: string };
}

/** A wish for a token that delivers telemetry, and does nothing else. */
export type TelemetryTokenRequest = Pick<TokenRequest, 'person' | 'expiresMs'> & { readonly by: ProvenPerson };

/** A new token with where it is valid. `token` is shown once. */
export interface Issued {
  readonly id: string;
  readonly token: string;
  readonly person: string;
  readonly plugin: string;
  readonly version: string;
  readonly connector: string;
  readonly profile: string | undefined;
  /** Path of the endpoint that it is bound to. */
  readonly audience: string;
  readonly expiresAtMs: number;
}

/** A token as its holder and an administrator may see it. */
export interface TokenView {
  readonly id: string;
  readonly person: string;
  readonly plugin: string;
  readonly version: string;
  readonly connector: string;
  readonly profile: string | undefined;
  readonly audience: string;
  readonly issuedBy: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly revokedAtMs: number | undefined;
}

/** Trapkey's own tokens: one for each connector of a plugin's current release. Mistakes are `UserError`s; every change is an entry. */
export interface Tokens {
  issue(request: TokenRequest): Promise<readonly Issued[]>;
  /** One token for `/v1/logs`, `/v1/traces` and `/v1/metrics`: whatever comes with it is told of this person. */
  issueTelemetry(request: TelemetryTokenRequest): Promise<Issued>;
  /** One's own, or anybody's by an administrator. */
  revoke(id: string, by: ProvenPerson): Promise<TokenView>;
  /** Newest first. */
  list(person?: string): Promise<readonly TokenView[]>;
}
