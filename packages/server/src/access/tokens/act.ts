import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { ProvenPerson } from '../../kernel/approvals.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { DirectoryPerson, PluginRules, PolicySet } from '../../kernel/rules.ts';
import type { Issued, TokenRequest, Tokens, TokenView } from '../../kernel/tokens.ts';
import { mustAdminister } from '../people/act.ts';
import type { AccessDatabase } from '../people/read.ts';
import { endpointPath } from '../resource.ts';
import { readTokens, type TokenReader } from './read.ts';
import { insertTokens, markRevoked } from './store.ts';
import { hashToken, mintToken } from './token.ts';

const dayMs = 86_400_000;
const expiresDefaultMs = 30 * dayMs;
const expiresMaxMs = 366 * dayMs;

interface Parts {
  readonly database: AccessDatabase;
  readonly recorder: Recorder;
  readonly keys: { readonly tokens: Uint8Array };
  readonly policy: () => PolicySet;
  readonly clock: Clock;
}

/** Opens the door to issue and revoke tokens. Every change is an `admin` entry in the same commit. */
export function openTokens(parts: Parts): Tokens {
  const tokens = readTokens(parts.database);
  return {
    issue: (request) => issue(parts, request),
    revoke: (id, by) => revoke(tokens, parts, id, by),
    list: (person) => tokens.list(person),
  };
}

async function issue({ recorder, keys, policy, clock }: Parts, request: TokenRequest): Promise<readonly Issued[]> {
  const set = policy();
  const by = 'setup' in request.by ? request.by.setup : request.by.person;
  const person = idOf(set, request.person ?? by);
  if (person !== idOf(set, by)) {
    if ('setup' in request.by) throw new UserError('The first tokens are for the person who was just enrolled.');
    mustAdminister(request.by, 'Issuing tokens for somebody else');
  }
  const plugin = pluginOf(set, request.plugin);
  const known = set.directory.get(person);
  if (!isFor(plugin.for, person, known)) {
    throw new UserError(
      `Plugin ${plugin.id} is for ${plugin.for.join(', ') || 'nobody'}, and that does not include ${person}. Nothing was issued.`,
      `Its owner, ${plugin.owner}, can change \`for:\`; groups are in the directory.`,
    );
  }
  checkProfile(set, plugin, request.profile, person);
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
          return {
            ...rest,
            profile: profile ?? null,
            hash: hashToken(keys.tokens, token),
            issued_by: by,
            created_at_ms: atMs,
            expires_at_ms,
          };
        }),
      ),
  });
  return issued;
}

async function revoke(tokens: TokenReader, { recorder, policy, clock }: Parts, id: string, by: ProvenPerson): Promise<TokenView> {
  const token = await tokens.byId(id);
  // The same words for a token of somebody else and for none: ids are not told to whoever tries them.
  const mine = token !== undefined && (token.person === idOf(policy(), by.person) || by.roles.includes('administrator'));
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
  return { ...token, revokedAtMs: atMs };
}

/** A person by any alias. */
function idOf(set: PolicySet, name: string): string {
  const plain = name.trim().toLowerCase();
  return set.directory.get(plain)?.id ?? plain;
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

function checkProfile(set: PolicySet, plugin: PluginRules, profile: string | undefined, person: string): void {
  if (profile === undefined) return;
  const usable = (set.profiles.get(plugin.id) ?? []).filter((each) => isFor(each.for, person, set.directory.get(person)));
  if (usable.some((each) => each.id === profile)) return;
  throw new UserError(
    `Plugin ${plugin.id} has no profile ${profile} for ${person}. Nothing was issued.`,
    `Profiles: ${usable.map((each) => each.id).join(', ') || 'none'}.`,
  );
}

/** As the identify stage reads `for:`, so that nobody gets a token that could never be used. */
function isFor(list: readonly string[], person: string, known: DirectoryPerson | undefined): boolean {
  const names = [person, ...(known?.aliases ?? [])].map((name) => name.toLowerCase());
  return list.some((entry) =>
    entry.startsWith('group:') ? known?.groups.includes(entry.slice('group:'.length)) : names.includes(entry.toLowerCase()),
  );
}

function checkExpiry(expiresMs: number): number {
  if (Number.isSafeInteger(expiresMs) && expiresMs >= 1_000 && expiresMs <= expiresMaxMs) return expiresMs;
  throw new UserError('A token lasts at least a second and at most 366 days.', 'For example `--expires 30d`.');
}

function change(atMs: number, action: string, subject: string, person: string, by: string): EntryFields {
  return { timestamp: rfc3339(atMs), kind: 'admin', action, subject, on_behalf_of: person, approval: `human:${by}` };
}
