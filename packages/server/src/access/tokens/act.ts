import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { PluginRules, PolicySet } from '../../kernel/rules.ts';
import { mustAdminister } from '../people/act.ts';
import type { Proven } from '../people/roles.ts';
import { endpointPath } from '../resource.ts';
import type { TokenReader, TokenView } from './read.ts';
import { insertTokens, markRevoked } from './store.ts';
import { hashToken, mintToken } from './token.ts';

const dayMs = 86_400_000;
const expiresDefaultMs = 30 * dayMs;
const expiresMaxMs = 366 * dayMs;

export interface TokenRequest {
  readonly plugin: string;
  /** Whom the tokens are for; the issuer when absent. */
  readonly person?: string | undefined;
  readonly profile?: string | undefined;
  readonly expiresMs?: number | undefined;
  /** `setup` is `wire` at the first `up`, for the person whom it has just enrolled: no command reaches it. */
  readonly by: Proven | { readonly setup: string };
}

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

/** Trapkey's own tokens: one for each connector of a plugin's current release. */
export interface Tokens {
  issue(request: TokenRequest): Promise<readonly Issued[]>;
  /** One's own, or anybody's by an administrator. */
  revoke(id: string, by: Proven): Promise<TokenView>;
  list(person?: string): Promise<readonly TokenView[]>;
}

interface Parts {
  readonly tokens: TokenReader;
  readonly recorder: Recorder;
  readonly key: Uint8Array;
  readonly policy: () => PolicySet;
  readonly clock: Clock;
}

/** Opens the door to issue and revoke tokens. Every change is an `admin` entry in the same commit. */
export function openTokens(parts: Parts): Tokens {
  return {
    issue: (request) => issue(parts, request),
    revoke: (id, by) => revoke(parts, id, by),
    list: (person) => parts.tokens.list(person),
  };
}

async function issue({ recorder, key, policy, clock }: Parts, request: TokenRequest): Promise<readonly Issued[]> {
  const set = policy();
  const by = 'setup' in request.by ? request.by.setup : request.by.person;
  const named = (request.person ?? by).trim().toLowerCase();
  const person = set.directory.get(named)?.id ?? named;
  if (person !== by && set.directory.get(by)?.id !== person) {
    if ('setup' in request.by) throw new UserError('The first tokens are for the person who was just enrolled.');
    mustAdminister(request.by, 'Issuing tokens for somebody else');
  }
  const plugin = pluginOf(set, request.plugin);
  checkProfile(set, plugin, request.profile);
  const atMs = clock();
  const expiresAtMs = atMs + checkExpiry(request.expiresMs ?? expiresDefaultMs);
  const issued = plugin.connectors.map((connector): Issued => {
    const at = { plugin: plugin.id, version: plugin.version, connector };
    return { id: newId('AT'), token: mintToken(), person, ...at, profile: request.profile, audience: endpointPath(at), expiresAtMs };
  });
  await recorder.commit({
    entries: issued.map(({ id, connector }) => ({
      ...change(atMs, 'token.issued', id, person, by),
      plugin: `${plugin.id}@${plugin.version}`,
      connector,
      ...(request.profile !== undefined && { profile: request.profile }),
      detail: `expires ${rfc3339(expiresAtMs)}`,
    })),
    steps: (tx) =>
      insertTokens(
        tx,
        issued.map(({ token, expiresAtMs: expires_at_ms, profile, ...rest }) => {
          return { ...rest, profile: profile ?? null, hash: hashToken(key, token), issued_by: by, created_at_ms: atMs, expires_at_ms };
        }),
      ),
  });
  return issued;
}

async function revoke({ tokens, recorder, clock }: Parts, id: string, by: Proven): Promise<TokenView> {
  const token = await tokens.byId(id);
  // The same words for a token of somebody else and for none: ids are not told to whoever tries them.
  const mine = token !== undefined && (token.person === by.person || by.roles.includes('administrator'));
  if (!mine)
    throw new UserError(
      `There is no token ${id.slice(0, 40)} that ${by.person} may revoke.`,
      'See `trapkey tokens list`; those of others are revoked by an administrator.',
    );
  const atMs = clock();
  const entry = {
    ...change(atMs, 'token.revoked', id, token.person, by.person),
    plugin: `${token.plugin}@${token.version}`,
    connector: token.connector,
  };
  const committed = await recorder.commit({ entries: [entry], steps: (tx) => markRevoked(tx, id, atMs) });
  if (committed.status !== 'committed') throw new UserError(`Token ${id} was revoked already.`);
  return { ...token, revoked_at_ms: atMs };
}

function pluginOf(set: PolicySet, id: string): PluginRules {
  const plugin = set.plugins.get(id);
  if (!plugin)
    throw new UserError(`There is no plugin ${id} in the running policy.`, `Its plugins: ${[...set.plugins.keys()].join(', ') || 'none'}.`);
  if (plugin.connectors.length === 0)
    throw new UserError(
      `Plugin ${id} ${plugin.version} has no connectors, so there is nothing to connect to.`,
      `Its owner is ${plugin.owner}.`,
    );
  return plugin;
}

function checkProfile(set: PolicySet, plugin: PluginRules, profile: string | undefined): void {
  const own = [...set.profiles.values()].flat().filter((each) => each.plugin === plugin.id);
  if (profile === undefined || own.some((each) => each.id === profile)) return;
  throw new UserError(
    `Plugin ${plugin.id} has no profile ${profile}.`,
    `Its profiles: ${own.map((each) => each.id).join(', ') || 'none'}.`,
  );
}

function checkExpiry(expiresMs: number): number {
  if (Number.isSafeInteger(expiresMs) && expiresMs >= 1_000 && expiresMs <= expiresMaxMs) return expiresMs;
  throw new UserError('A token lasts at least a second and at most 366 days.', 'For example `--expires 30d`.');
}

function change(atMs: number, action: string, subject: string, person: string, by: string): EntryFields {
  return { timestamp: rfc3339(atMs), kind: 'admin', action, subject, on_behalf_of: person, approval: `human:${by}` };
}
