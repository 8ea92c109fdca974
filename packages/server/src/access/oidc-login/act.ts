import * as client from 'openid-client';
import type { Clock } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import { guardedFetch } from '../jwt/outbound.ts';
import type { OidcSettings } from '../jwt/settings.ts';
import { groupsOf, personIn } from '../jwt/verify.ts';
import { sealWith } from '../sessions/seal.ts';
import { sessionKeys } from '../sessions/token.ts';

const timeoutS = 5;
const rediscoverAfterMs = 10 * 60_000;
/** Two clocks may differ by this much about when somebody signed in. */
const skewMs = 30_000;
const freshForS = 300;

/** Where a sign-in began, and what it is for. */
export interface LoginStart {
  readonly back: URL;
  readonly to: string;
  /** The session that a fresh proof is for; the provider asks for the credential again. */
  readonly again: string | undefined;
}

/** Who came back. */
export interface LoginEnd {
  readonly person: string;
  readonly groups: readonly string[] | undefined;
  /** The provider says that they showed a credential just now. */
  readonly fresh: boolean;
  readonly to: string;
  readonly again: string | undefined;
}

/** Signing in at the organization's identity provider: authorization code with PKCE, state, nonce; or by device code. */
export interface OidcLogin {
  readonly name: string;
  readonly redirectUrl: string | undefined;
  begin(start: LoginStart): Promise<{ readonly location: string; readonly sealed: string }>;
  /** Throws in words unless everything fits what began in this browser. */
  finish(returned: URL, sealed: string | undefined): Promise<LoginEnd>;
  /** For a terminal: says where to go and what to type there, and waits. */
  byDevice(say: (at: string, code: string) => void): Promise<Pick<LoginEnd, 'person' | 'groups'>>;
}

interface Parts {
  readonly settings: OidcSettings;
  readonly login: { readonly clientId: string; readonly clientSecret?: string; readonly redirectUrl?: string };
  readonly keys: { readonly tokens: Uint8Array };
  readonly clock: Clock;
}

/** Opens it. Nothing is asked of the provider before somebody signs in. */
export function openOidcLogin({ settings, login, keys, clock }: Parts): OidcLogin {
  const seal = sealWith(sessionKeys(keys.tokens).seal);
  const provider = discovered(settings, login, clock);
  return {
    name: new URL(settings.issuer).host,
    redirectUrl: login.redirectUrl,
    async begin({ back, to, again }) {
      const at = await provider().catch(unreachable);
      const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
      const location = client.buildAuthorizationUrl(at, {
        redirect_uri: back.href,
        scope: scopeOf(settings),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...(again !== undefined && { prompt: 'login', max_age: String(freshForS) }),
      });
      const sealed = await seal.close('oidc', { verifier, state, nonce, back: back.href, to, again, startedAtMs: clock() }, clock());
      return { location: location.href, sealed };
    },
    async finish(returned, sealed) {
      const began = await seal.open('oidc', sealed, clock());
      if (!began) throw refused('it did not begin in this browser, or more than ten minutes ago');
      const { verifier, state, nonce, back, to, again, startedAtMs } = began as Record<string, string> & { startedAtMs: number };
      const at = await provider().catch(unreachable);
      const url = new URL(back as string);
      url.search = returned.search;
      const checks = { pkceCodeVerifier: verifier as string, expectedState: state as string, expectedNonce: nonce as string };
      const tokens = await client
        .authorizationCodeGrant(at, url, { ...checks, ...(again !== undefined && { maxAge: freshForS }) })
        .catch((error: unknown) => refuseFor(error));
      const claims = tokens.claims();
      if (!claims) throw refused('the provider sent no ID token');
      const authTimeMs = typeof claims.auth_time === 'number' ? claims.auth_time * 1_000 : undefined;
      const fresh = authTimeMs !== undefined && authTimeMs >= startedAtMs - skewMs;
      return { ...(await identify(at, settings, tokens.access_token, claims)), fresh, to: to ?? '/', again };
    },
    async byDevice(say) {
      const at = await provider().catch(unreachable);
      if (at.serverMetadata().device_authorization_endpoint === undefined) {
        throw new UserError(
          `${settings.issuer} offers no sign-in by device code.`,
          'Sign in with your code: `trapkey login --as <person>`, or in a browser.',
        );
      }
      const device = await client.initiateDeviceAuthorization(at, { scope: scopeOf(settings) }).catch((error: unknown) => refuseFor(error));
      say(device.verification_uri_complete ?? device.verification_uri, device.user_code);
      const tokens = await client.pollDeviceAuthorizationGrant(at, device).catch((error: unknown) => refuseFor(error));
      const claims = tokens.claims();
      if (!claims) throw refused('the provider sent no ID token');
      return await identify(at, settings, tokens.access_token, claims);
    },
  };
}

/** The person and groups, from the ID token; what is not in it is asked of the provider, for the same subject. */
async function identify(at: client.Configuration, settings: OidcSettings, accessToken: string, claims: client.IDToken) {
  const complete = claims[settings.personClaim] !== undefined && claims[settings.groupsClaim] !== undefined;
  const info = complete ? {} : await client.fetchUserInfo(at, accessToken, claims.sub).catch(() => ({}));
  const all: Readonly<Record<string, unknown>> = { ...info, ...claims };
  const person = personIn(settings, all);
  if (person === undefined) throw refused(`the provider names nobody in \`${settings.personClaim}\`, or did not verify it`);
  return { person, groups: groupsOf(all[settings.groupsClaim]) };
}

/** The provider's metadata, asked for when it is first needed and again when it is old; a failure is not kept. */
function discovered(settings: OidcSettings, login: Parts['login'], clock: Clock): () => Promise<client.Configuration> {
  let known: { readonly at: Promise<client.Configuration>; readonly sinceMs: number } | undefined;
  const options = {
    timeout: timeoutS,
    [client.customFetch]: guardedFetch(settings) as client.CustomFetch,
    ...(settings.insecureLoopback && { execute: [client.allowInsecureRequests] }),
  };
  const auth = login.clientSecret === undefined ? client.None() : undefined;
  return () => {
    if (known && clock() - known.sinceMs < rediscoverAfterMs) return known.at;
    const at = client.discovery(new URL(settings.issuer), login.clientId, login.clientSecret, auth, options);
    const asked = { at, sinceMs: clock() };
    known = asked;
    at.catch(() => {
      if (known === asked) known = undefined;
    });
    return at;
  };
}

function scopeOf(settings: OidcSettings): string {
  return ['openid', 'email', ...(settings.groupsClaim === 'groups' ? ['groups'] : [])].join(' ');
}

function refused(why: string): UserError {
  return new UserError(`Nobody was signed in: ${why}.`, 'Start again at /sign-in.');
}

function refuseFor(error: unknown): never {
  const told = error instanceof client.AuthorizationResponseError ? (error.error_description ?? error.error) : undefined;
  throw refused(
    told === undefined
      ? 'what came back from the provider does not fit what was asked'
      : `the provider says ${JSON.stringify(told.slice(0, 200))}`,
  );
}

function unreachable(error: unknown): never {
  const why = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
  throw new UserError(
    `The identity provider cannot be reached: ${why.slice(0, 200)}. Nobody was signed in.`,
    'Try again, or use your code.',
  );
}
