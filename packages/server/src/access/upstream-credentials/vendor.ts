import * as client from 'openid-client';
import type { Clock } from '../../kernel/clock.ts';
import type { CredentialRules } from '../../kernel/credential-rules.ts';
import { UserError } from '../../kernel/errors.ts';
import { guardedFetch } from '../jwt/outbound.ts';

const timeoutS = 10;
const rediscoverAfterMs = 10 * 60_000;
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** What an issuer gave. */
export interface Given {
  readonly access: string;
  readonly refresh: string | undefined;
  readonly expiresInMs: number | undefined;
}

/** What is asked of the issuers of upstream tokens. Each goes out through the guarded door: checked addresses, https, no redirects. */
export interface Vendors {
  authorize(rules: CredentialRules, asked: { readonly back: string; readonly state: string; readonly verifier: string }): Promise<string>;
  redeem(rules: CredentialRules, returned: URL, asked: { readonly state: string; readonly verifier: string }): Promise<Given>;
  refresh(rules: CredentialRules, token: string): Promise<Given>;
  /** RFC 8693: a token for the upstream in place of the one that the person came with. */
  exchange(rules: CredentialRules, subject: string): Promise<Given>;
  /** RFC 7009; true when the issuer heard it. */
  revoke(rules: CredentialRules, token: string): Promise<boolean>;
}

/** The grant is over there: nothing but signing in again helps. */
export function isOver(error: unknown): boolean {
  return error instanceof client.ResponseBodyError && ['invalid_grant', 'unauthorized_client', 'access_denied'].includes(error.error);
}

/** Opens them; an issuer is asked what it offers when it is first needed. */
export function openVendors(clock: Clock): Vendors {
  const known = new Map<string, { readonly at: Promise<client.Configuration>; readonly sinceMs: number }>();
  const at = (rules: CredentialRules): Promise<client.Configuration> => {
    const key = JSON.stringify([rules.issuer, rules.clientId, rules.clientSecret, rules.privateNetwork]);
    const found = known.get(key);
    if (found && clock() - found.sinceMs < rediscoverAfterMs) return found.at;
    const asked = { at: discover(rules), sinceMs: clock() };
    known.set(key, asked);
    asked.at.catch(() => {
      if (known.get(key) === asked) known.delete(key);
    });
    return asked.at;
  };
  return {
    async authorize(rules, { back, state, verifier }) {
      const url = client.buildAuthorizationUrl(await at(rules), {
        redirect_uri: back,
        scope: rules.scopes.join(' '),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        ...(rules.resource !== undefined && { resource: rules.resource }),
        ...(rules.scopes.includes('offline_access') && { prompt: 'consent' }),
      });
      return url.href;
    },
    redeem: async (rules, returned, { state, verifier }) =>
      givenBy(
        await client.authorizationCodeGrant(
          await at(rules),
          returned,
          { pkceCodeVerifier: verifier, expectedState: state },
          resourceOf(rules),
        ),
      ),
    refresh: async (rules, token) => givenBy(await client.refreshTokenGrant(await at(rules), token, resourceOf(rules))),
    exchange: async (rules, subject) =>
      givenBy(
        await client.genericGrantRequest(await at(rules), tokenExchange, {
          subject_token: subject,
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          ...(rules.scopes.length > 0 && { scope: rules.scopes.join(' ') }),
          ...resourceOf(rules),
        }),
      ),
    revoke: async (rules, token) => {
      try {
        await client.tokenRevocation(await at(rules), token);
        return true;
      } catch {
        return false;
      }
    },
  };
}

function discover(rules: CredentialRules): Promise<client.Configuration> {
  const outbound = { network: rules.privateNetwork ? 'private' : 'public', insecureLoopback: rules.privateNetwork } as const;
  const options = {
    timeout: timeoutS,
    [client.customFetch]: guardedFetch(outbound) as client.CustomFetch,
    ...(rules.privateNetwork && { execute: [client.allowInsecureRequests] }),
  };
  const auth = rules.clientSecret === undefined ? client.None() : undefined;
  return client.discovery(new URL(rules.issuer), rules.clientId, rules.clientSecret, auth, options);
}

function resourceOf({ resource }: CredentialRules): Record<string, string> {
  return resource === undefined ? {} : { resource };
}

function givenBy(response: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers): Given {
  if (response.token_type.toLowerCase() !== 'bearer') throw new UserError('The vendor gave a token of a kind that cannot be sent.');
  const expiresIn = response.expiresIn();
  return {
    access: response.access_token,
    refresh: response.refresh_token,
    expiresInMs: expiresIn === undefined ? undefined : expiresIn * 1_000,
  };
}
