/** How a person's own rights reach an upstream: tokens that they gave, or tokens exchanged for the one that they came with. */
export interface CredentialRules {
  readonly kind: 'per_person' | 'exchange';
  /** Whose tokens these are; grants of one vendor are revoked together. */
  readonly vendor: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly scopes: readonly string[];
  /** The upstream as the issuer knows it (RFC 8707). */
  readonly resource: string | undefined;
  readonly privateNetwork: boolean;
}
