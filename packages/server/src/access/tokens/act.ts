import type { ProvenPerson } from '../../kernel/approvals.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { RecordUnavailable, UserError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { releaseFor } from '../../kernel/release-standing.ts';
import type { Issued, TokenRequest, Tokens, TokenView } from '../../kernel/tokens.ts';
import { mustAdminister } from '../people/act.ts';
import { endpointPath } from '../resource.ts';
import { change, type TokenParts } from './change.ts';
import { checkExpiry, checkFor, checkProfile, idOf, pluginOf } from './may.ts';
import { readTokens, type TokenReader } from './read.ts';
import { insertTokens, markRevoked } from './store.ts';
import { issueTelemetry } from './telemetry.ts';
import { hashToken, mintToken } from './token.ts';

/** Opens the door to issue and revoke tokens. Every change is an `admin` entry in the same commit. */
export function openTokens(parts: TokenParts): Tokens {
  const tokens = readTokens(parts.database);
  return {
    issue: (request) => issue(parts, request),
    issueTelemetry: (request) => issueTelemetry(parts, request),
    revoke: (id, by) => revoke(tokens, parts, id, by),
    list: (person) => tokens.list(person),
  };
}

async function issue({ recorder, keys, policy, clock }: TokenParts, request: TokenRequest): Promise<readonly Issued[]> {
  const set = policy();
  const by = 'setup' in request.by ? request.by.setup : request.by.person;
  const person = idOf(set, request.person ?? by);
  if (person !== idOf(set, by)) {
    if ('setup' in request.by) throw new UserError('The first tokens are for the person who was just enrolled.');
    mustAdminister(request.by, 'Issuing tokens for somebody else');
  }
  const plugin = pluginOf(set, request.plugin);
  checkFor(set, plugin, person);
  checkProfile(set, plugin, request.profile, person);
  const version = releaseFor(plugin.releases, plugin.id, person) ?? plugin.version;
  const atMs = clock();
  const expiresAtMs = atMs + checkExpiry(request.expiresMs);
  const issued = plugin.connectors.map((connector): Issued => {
    const at = { plugin: plugin.id, version, connector };
    return { id: newId('AT'), token: mintToken(), person, ...at, profile: request.profile, audience: endpointPath(at), expiresAtMs };
  });
  const committed = await recorder.commit({
    entries: issued.map(({ id, connector }) => ({
      ...change(atMs, 'token.issued', person, { person: by, proved: !('setup' in request.by) }),
      plugin: `${plugin.id}@${version}`,
      connector,
      ...(request.profile !== undefined && { profile: request.profile }),
      detail: `${id} expires ${rfc3339(expiresAtMs)}`,
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
  if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
  return issued;
}

async function revoke(tokens: TokenReader, { recorder, policy, clock }: TokenParts, id: string, by: ProvenPerson): Promise<TokenView> {
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
    ...change(atMs, 'token.revoked', token.person, { person: by.person, proved: true }),
    detail: id,
    plugin: `${token.plugin}@${token.version}`,
    connector: token.connector,
  };
  const committed = await recorder.commit({ entries: [entry], steps: (tx) => markRevoked(tx, id, atMs) });
  if (committed.status !== 'committed') throw new UserError(`Token ${id} was revoked already.`);
  return { ...token, revokedAtMs: atMs };
}
