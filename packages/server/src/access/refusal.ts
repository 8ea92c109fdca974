import type { Code } from '@trapkey/contract/codes.ts';
import { parseEndpointPath, pluginScope, wellKnownPrefix } from './resource.ts';

/** Why a caller has no valid identity: a closed list, because it is counted and recorded. */
export const reasons = {
  missing: 'no credential came',
  malformed: 'the Authorization header is not a bearer token',
  unknown_token: 'the token is not known here',
  expired: 'the credential expired',
  not_yet_valid: 'the credential is not valid yet',
  revoked: 'the token was revoked',
  deactivated: 'the person is deactivated in the directory',
  wrong_audience: 'the credential was issued for another endpoint',
  wrong_issuer: 'the credential was issued by somebody else',
  bad_signature: 'the signature does not match',
  algorithm: 'the algorithm is not allowed',
  unknown_key: 'the signing key is not known yet',
  not_an_access_token: 'it is not a bearer access token',
  no_person: 'it names no person',
  insufficient_scope: 'its scopes do not name this plugin',
  too_many: 'too many attempts without a valid identity',
  unreadable: 'the store of credentials cannot be read',
} as const;
export type Reason = keyof typeof reasons;

/** A caller that is not let in. Everything in it may be shown: it tells an outsider nothing about what exists. */
export interface AccessRefusal {
  readonly status: 401 | 403 | 429 | 503;
  readonly wwwAuthenticate: string;
  readonly says: string;
  readonly code: Extract<Code, 'unauthenticated' | 'wrong_audience' | 'limit_reached' | 'record_unavailable'>;
  readonly reason: Reason;
  readonly retryAfterMs: number | undefined;
}

const next: Partial<Record<Reason, string>> = {
  missing: 'Send `Authorization: Bearer …` with a token from `trapkey connect <plugin>` or from the identity provider',
  expired: 'Get a new one with `trapkey connect <plugin>`, or sign in again',
  revoked: 'Ask an administrator, or get a new one with `trapkey connect <plugin>`',
  deactivated: 'Ask whoever keeps the directory; the credential works again when the person is active again',
  unknown_token: 'Get one with `trapkey connect <plugin>`',
  wrong_audience:
    'Each connector of each release has its own token: run `trapkey connect <plugin>`, or ask the identity provider for this resource',
  unknown_key: 'The keys of the identity provider are being fetched: try again in a few seconds',
  insufficient_scope: 'Ask the identity provider for the scope that is named in the answer',
  too_many: 'Wait, and send a valid credential',
  unreadable: 'Nothing runs until it can be read again: try again, or tell whoever runs this gateway',
};

const special: Partial<Record<Reason, Pick<AccessRefusal, 'status' | 'code' | 'retryAfterMs'>>> = {
  wrong_audience: { status: 401, code: 'wrong_audience', retryAfterMs: undefined },
  insufficient_scope: { status: 403, code: 'wrong_audience', retryAfterMs: undefined },
  unknown_key: { status: 401, code: 'unauthenticated', retryAfterMs: 3_000 },
  too_many: { status: 429, code: 'limit_reached', retryAfterMs: 10_000 },
  unreadable: { status: 503, code: 'record_unavailable', retryAfterMs: 5_000 },
};

/** Writes a refusal with its challenge (RFC 6750, RFC 9728). */
export function refuse(reason: Reason, publicUrl: string, path: string): AccessRefusal {
  const { status, code, retryAfterMs } = special[reason] ?? { status: 401, code: 'unauthenticated', retryAfterMs: undefined };
  const said = `Not let in: ${reasons[reason]}.`;
  const advice = next[reason];
  return {
    status,
    code,
    reason,
    retryAfterMs,
    says: advice === undefined ? `${said} Nothing was called.` : `${said} Nothing was called. ${advice}.`,
    wwwAuthenticate: challenge(reason, publicUrl, path),
  };
}

function challenge(reason: Reason, publicUrl: string, path: string): string {
  const parts = ['realm="trapkey"'];
  // RFC 6750: a request without a credential gets no error code.
  if (reason === 'insufficient_scope') parts.push('error="insufficient_scope"');
  else if (reason !== 'missing') parts.push(`error="invalid_token", error_description="${reasons[reason]}"`);
  // Only a path of the right shape is echoed, so nothing of the caller's can break out of the quotes.
  const at = parseEndpointPath(path);
  if (at) parts.push(`scope="${pluginScope(at.plugin)}"`, `resource_metadata="${publicUrl}${wellKnownPrefix}${path}"`);
  return `Bearer ${parts.join(', ')}`;
}
