import { hash } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Reason } from '../refusal.ts';
import type { KeySet } from './keyset.ts';
import type { OidcSettings } from './settings.ts';

/** What a verified JWT says, before it is held against an endpoint. */
export interface JwtIdentity {
  readonly id: string;
  readonly person: string;
  /** From the claim; undefined when the token has none. */
  readonly groups: readonly string[] | undefined;
  readonly client: string;
  readonly audiences: readonly string[];
  readonly scopes: ReadonlySet<string>;
  readonly expiresAtMs: number;
}

/** Checks JWTs; each is verified once and then remembered until it ends or the keys change. */
export interface JwtVerifier {
  peek(bearer: string, atMs: number): JwtIdentity | undefined;
  verify(bearer: string, atMs: number): Promise<JwtIdentity | Reason>;
}

const rememberedMax = 10_000;
const groupsMax = 1_000;
const clientClaims = ['client_id', 'azp'];
/** Headers that say "this is something else": an ID token has no `typ` of its own and fails by its audience. */
const accessTokenTypes = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt']);

/** Opens the verifier for one provider. */
export function jwtVerifier(settings: OidcSettings, keys: KeySet): JwtVerifier {
  const remembered = new Map<string, { readonly identity: JwtIdentity; readonly generation: number }>();
  return {
    peek(bearer, atMs) {
      const found = remembered.get(nameOf(bearer));
      if (!found || found.generation !== keys.generation() || !keys.current(atMs)) return undefined;
      return found.identity.expiresAtMs + settings.clockSkewMs > atMs ? found.identity : undefined;
    },
    async verify(bearer, atMs) {
      const generation = keys.generation();
      const getKey = keys.current(atMs);
      const identity = getKey ? await check(settings, getKey, bearer, atMs) : 'unknown_key';
      if (identity === 'unknown_key') keys.want();
      if (typeof identity === 'string') return identity;
      const name = nameOf(bearer);
      remembered.delete(name);
      if (remembered.size >= rememberedMax) remembered.delete(remembered.keys().next().value as string);
      remembered.set(name, { identity, generation });
      return identity;
    },
  };
}

async function check(settings: OidcSettings, getKey: JWTVerifyGetKey, bearer: string, atMs: number): Promise<JwtIdentity | Reason> {
  try {
    const { payload, protectedHeader } = await jwtVerify(bearer, getKey, {
      issuer: settings.issuer,
      algorithms: [...settings.algorithms],
      requiredClaims: ['exp', 'aud', 'sub'],
      clockTolerance: settings.clockSkewMs / 1000,
      currentDate: new Date(atMs),
    });
    // A token that is bound to a key of its holder proves nothing when it comes as a plain bearer.
    if (!accessTokenTypes.has(protectedHeader.typ?.toLowerCase()) || payload['cnf'] !== undefined) return 'not_an_access_token';
    return identityOf(settings, payload);
  } catch (error) {
    return reasonOf(error);
  }
}

function identityOf(settings: OidcSettings, payload: JWTPayload): JwtIdentity | Reason {
  const person = personIn(settings, payload);
  if (person === undefined) return 'no_person';
  const client = clientClaims.map((claim) => payload[claim]).find((value) => typeof value === 'string');
  const scope = payload['scope'] ?? payload['scp'];
  return {
    id: payload.jti ?? (payload.sub as string),
    person,
    groups: groupsOf(payload[settings.groupsClaim]),
    client: typeof client === 'string' ? client : 'unknown',
    audiences: [payload.aud ?? []].flat(),
    scopes: new Set(
      typeof scope === 'string' ? scope.split(' ') : Array.isArray(scope) ? scope.filter((each) => typeof each === 'string') : [],
    ),
    expiresAtMs: (payload.exp as number) * 1000,
  };
}

/** The person that verified claims name, lower case; nothing where the claim is missing, odd, or an address nobody verified. */
export function personIn(settings: Pick<OidcSettings, 'personClaim'>, claims: Readonly<Record<string, unknown>>): string | undefined {
  const person = claims[settings.personClaim];
  if (typeof person !== 'string' || person.trim() === '' || /[\s\p{C}]/u.test(person) || person.length > 254) return undefined;
  return settings.personClaim === 'email' && claims['email_verified'] !== true ? undefined : person.toLowerCase();
}

/** Only words are groups; a claim of another form gives none, rather than the directory's. */
export function groupsOf(claim: unknown): readonly string[] | undefined {
  if (claim === undefined) return undefined;
  const listed = typeof claim === 'string' ? [claim] : Array.isArray(claim) ? claim : [];
  return listed.filter((each): each is string => typeof each === 'string' && each !== '').slice(0, groupsMax);
}

function reasonOf(error: unknown): Reason {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'wrong_issuer';
    return error.claim === 'nbf' ? 'not_yet_valid' : 'not_an_access_token';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature';
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'algorithm';
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key';
  return error instanceof errors.JOSEError ? 'malformed' : 'bad_signature';
}

function nameOf(bearer: string): string {
  return hash('sha256', bearer, 'base64');
}
