import { hooksPath } from '../kernel/announced.ts';
import type { Credential } from '../kernel/call.ts';
import { marketplacePath } from '../kernel/marketplace.ts';
import type { PolicySet } from '../kernel/rules.ts';
import type { OidcSettings } from './jwt/settings.ts';
import type { JwtIdentity } from './jwt/verify.ts';
import type { Reason } from './refusal.ts';
import { parseEndpointPath, pluginScope } from './resource.ts';
import type { TokenRow } from './tokens/read.ts';

const nobodys: readonly string[] = [];

/** What a stored token proves at this endpoint: person and plugin both, for it was issued for exactly this path. */
export function ofToken(row: TokenRow, audiencePath: string, atMs: number, policy: PolicySet): Credential | Reason {
  if (row.revoked_at_ms !== null) return 'revoked';
  if (row.expires_at_ms <= atMs) return 'expired';
  if (policy.directory.get(row.person.toLowerCase())?.inactive) return 'deactivated';
  if (!isAt(row, audiencePath, policy)) return 'wrong_audience';
  return {
    kind: 'token',
    id: row.id,
    person: row.person,
    groups: policy.directory.get(row.person)?.groups ?? nobodys,
    client: `token:${row.id}`,
    audience: row.audience,
    profile: row.profile ?? undefined,
    assurance: { person: 'proved', plugin: 'proved' },
  };
}

/** A token is good at its own endpoint; one for any endpoint may also read what its holder may install. */
function isAt(row: TokenRow, audiencePath: string, policy: PolicySet): boolean {
  if (audiencePath === hooksPath) return runByClient(row, policy);
  if (audiencePath === marketplacePath) return parseEndpointPath(row.audience) !== undefined;
  return row.audience === audiencePath;
}

/** Hooks speak for the connector whose tools the client runs itself, and for no other. */
function runByClient(row: TokenRow, policy: PolicySet): boolean {
  return policy.connections.get(policy.connectors.get(row.connector)?.connection ?? '')?.hook !== undefined;
}

/**
 * What a verified JWT proves at this endpoint. For its URL it proves the plugin; for the whole gateway only with the
 * plugin's scope. The provider's groups win over the directory, which knows the person by any alias.
 */
export function ofJwt(
  identity: JwtIdentity,
  settings: OidcSettings,
  at: { readonly publicUrl: string; readonly audiencePath: string },
  policy: PolicySet,
): Credential | Reason {
  const endpoint = parseEndpointPath(at.audiencePath);
  if (!endpoint && at.audiencePath !== marketplacePath) return 'wrong_audience';
  const exact = identity.audiences.includes(`${at.publicUrl}${at.audiencePath}`);
  const whole = identity.audiences.includes(at.publicUrl) || identity.audiences.includes(`${at.publicUrl}/`);
  if (!exact && !whole) return 'wrong_audience';
  const scoped = endpoint !== undefined && identity.scopes.has(pluginScope(endpoint.plugin));
  if (endpoint && !exact && !scoped && settings.pluginScopeRequired) return 'insufficient_scope';
  const known = policy.directory.get(identity.person);
  if (known?.inactive) return 'deactivated';
  return {
    kind: 'jwt',
    id: identity.id,
    person: known?.id ?? identity.person,
    groups: identity.groups ?? known?.groups ?? nobodys,
    client: identity.client,
    audience: at.audiencePath,
    profile: undefined,
    assurance: { person: 'proved', plugin: exact || scoped ? 'proved' : 'claimed' },
  };
}
