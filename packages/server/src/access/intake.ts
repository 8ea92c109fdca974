import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Credential } from '../kernel/call.ts';
import type { Clock } from '../kernel/clock.ts';
import type { PolicySet } from '../kernel/rules.ts';
import { countSources, type Sources } from './callers/sources.ts';
import { ofJwt, ofToken } from './credential.ts';
import { holdKeys, type KeySet } from './jwt/keyset.ts';
import { type OidcInput, type OidcSettings, readOidc } from './jwt/settings.ts';
import { type JwtVerifier, jwtVerifier } from './jwt/verify.ts';
import type { AccessDatabase } from './people/read.ts';
import { type AccessRefusal, type Reason, refuse } from './refusal.ts';
import { resourceMetadata } from './resource.ts';
import { type LiveTokens, rememberTokens } from './tokens/live.ts';
import { readTokens } from './tokens/read.ts';
import { claimsToBeToken, isToken, tokenHasher } from './tokens/token.ts';

const bearerLengthMax = 16_384;
const bearerForm = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

type Answer = Credential | AccessRefusal;

/** Who is asking, before anything of a request is parsed. */
export interface Access {
  /**
   * The credential of a caller, or why there is none. At once for a bearer that was seen before; a promise only for
   * the first call of a token or JWT. Refusals are counted against `source`, the address of the caller.
   */
  authenticate(authorization: string | undefined, audiencePath: string, atMs: number, source?: string): Answer | Promise<Answer>;
  /** RFC 9728 metadata of `/p/<plugin>/<version>/<connector>`; undefined when the path is not one. */
  resourceMetadata(audiencePath: string): JsonObject | undefined;
  /** Reads revocations; called when the database changed, and at least every few seconds. Never rejects: then tokens are looked up again. */
  refresh(): Promise<void>;
  /** For the background work of `worker.ts`. */
  readonly sources: Sources;
  readonly keys: KeySet;
  readonly oidc: OidcSettings | undefined;
}

/** What `authenticate` works with. */
export interface AccessParts {
  readonly database: AccessDatabase;
  readonly keys: { readonly tokens: Uint8Array };
  readonly policy: () => PolicySet;
  readonly clock: Clock;
  readonly oidc: OidcInput | undefined;
  /** `https://host[:port]` without a slash at the end; asked each time, because a port may be chosen at the start. */
  readonly publicUrl: () => string;
}

/** Whether the answer of `authenticate` lets nobody in. */
export function isRefusal(answer: Answer): answer is AccessRefusal {
  return 'wwwAuthenticate' in answer;
}

interface Room extends Omit<AccessParts, 'oidc'> {
  readonly oidc: OidcSettings | undefined;
  readonly live: LiveTokens;
  readonly jwt: JwtVerifier | undefined;
  readonly sources: Sources;
  readonly hashOf: (token: string) => string;
}

/** Opens access control for callers. */
export function openAccess(parts: AccessParts): Access {
  const keys = holdKeys();
  const sources = countSources(parts.keys.tokens);
  const oidc = parts.oidc && readOidc(parts.oidc);
  const live = rememberTokens(readTokens(parts.database));
  const room: Room = { ...parts, oidc, live, jwt: oidc && jwtVerifier(oidc, keys), sources, hashOf: tokenHasher(parts.keys.tokens) };
  return {
    authenticate(authorization, audiencePath, atMs, source = 'unknown') {
      const settle = (answer: Credential | Reason): Answer => {
        if (typeof answer !== 'string') return answer;
        const refusal = refuse(answer, parts.publicUrl(), audiencePath);
        sources.note(source, refusal, atMs);
        return refusal;
      };
      const answer = ask(room, { authorization, audiencePath, atMs, source });
      return answer instanceof Promise ? answer.then(settle) : settle(answer);
    },
    resourceMetadata: (path) => resourceMetadata(parts.publicUrl(), oidc?.issuer, path),
    refresh: () => room.live.refresh(parts.clock()).catch(() => undefined),
    sources,
    keys,
    oidc,
  };
}

interface Asked {
  readonly authorization: string | undefined;
  readonly audiencePath: string;
  readonly atMs: number;
  readonly source: string;
}

function ask(room: Room, asked: Asked): Credential | Reason | Promise<Credential | Reason> {
  const { authorization } = asked;
  const bearer = authorization !== undefined && authorization.length <= bearerLengthMax ? bearerForm.exec(authorization)?.[1] : undefined;
  if (bearer !== undefined) return claimsToBeToken(bearer) ? askToken(room, bearer, asked) : askJwt(room, bearer, asked);
  if (!room.sources.mayTry(asked.source, asked.atMs)) return 'too_many';
  return authorization === undefined ? 'missing' : 'malformed';
}

function askToken(room: Room, token: string, { audiencePath, atMs, source }: Asked): Credential | Reason | Promise<Credential | Reason> {
  const hash = room.hashOf(token);
  const known = room.live.peek(hash, atMs);
  if (known) return ofToken(known, audiencePath, atMs, room.policy());
  // Who is known gets in from a flooding address too; who is not costs no look-up there.
  if (!room.sources.mayTry(source, atMs)) return 'too_many';
  if (!isToken(token)) return 'unknown_token';
  return room.live.find(hash, atMs).then(
    (row) => (row === undefined ? 'unknown_token' : row === 'busy' ? 'too_many' : ofToken(row, audiencePath, atMs, room.policy())),
    () => 'unreadable',
  );
}

function askJwt(room: Room, bearer: string, { audiencePath, atMs, source }: Asked): Credential | Reason | Promise<Credential | Reason> {
  const { jwt, oidc } = room;
  const known = jwt?.peek(bearer, atMs);
  if (oidc && known) return ofJwt(known, oidc, { publicUrl: room.publicUrl(), audiencePath }, room.policy());
  if (!room.sources.mayTry(source, atMs)) return 'too_many';
  if (!jwt || !oidc) return 'unknown_token';
  return jwt
    .verify(bearer, atMs)
    .then((identity) =>
      typeof identity === 'string' ? identity : ofJwt(identity, oidc, { publicUrl: room.publicUrl(), audiencePath }, room.policy()),
    );
}
