import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ServedConnector } from '../../kernel/marketplace.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import { connectorsOf } from './connectors-of.ts';

/** A release and the gateway that its connectors will lead to. */
export interface Rewriting {
  readonly plugin: string;
  readonly version: string;
  /** The connectors that policy gives the plugin. */
  readonly connectors: readonly string[];
  readonly policy: Pick<PolicySet, 'connectors' | 'connections'>;
  /** Without a slash at the end. */
  readonly url: string;
  /** Whether clients sign people in by themselves; else the token comes from a variable. */
  readonly signsIn: boolean;
}

/** The files as they are served: every connector leads to this gateway or is gone, and says which. */
export function rewrittenFiles(
  files: ReadonlyMap<string, Uint8Array>,
  to: Rewriting,
): {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly connectors: readonly ServedConnector[];
  readonly description: string | undefined;
} {
  const { manifest, servers, files: configs, other } = connectorsOf(files);
  const placed = [...servers].map(([name, entry]) => placeOf(name, entry, to));
  const dropped = other.map(
    (path): ServedConnector => ({ name: path, coverage: 'not covered', says: 'a bundle that starts by itself; it was taken out' }),
  );
  const entries = Object.fromEntries(placed.flatMap(({ entry, served }) => (entry ? [[served.name, entry] as const] : [])));
  const rest = [...files].filter(([path]) => !configs.has(path) && !other.includes(path) && path !== '.claude-plugin/plugin.json');
  const { mcpServers: _, ...kept } = manifest;
  const connectors = [...placed.map(({ served }) => served), ...dropped].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const result = new Map<string, Uint8Array>([
    ...rest,
    ['.claude-plugin/plugin.json', json({ ...kept, name: to.plugin, version: to.version })],
    ...(servers.size > 0 ? [['.mcp.json', json({ mcpServers: entries })] as const] : []),
    ...(connectors.length > 0 ? [['.claude-plugin/coverage.json', json({ connectors })] as const] : []),
  ]);
  const description = typeof manifest['description'] === 'string' ? manifest['description'].slice(0, 1_000) : undefined;
  return { files: result, connectors, description };
}

function placeOf(
  name: string,
  entry: JsonObject,
  to: Rewriting,
): { readonly entry: JsonObject | undefined; readonly served: ServedConnector } {
  const connector = gatewayConnector(name, entry, to);
  if (connector !== undefined) {
    const served: ServedConnector = { name, coverage: 'gateway', connector, says: `leads to ${connector} of this gateway` };
    return { entry: gatewayEntry(connector, entry, to), served };
  }
  const empty = entry['command'] === undefined && (entry['url'] === undefined || entry['url'] === '');
  // A host may still fill in an empty address, and nothing here sees what it does with it.
  if (empty)
    return { entry, served: { name, coverage: 'not covered', says: 'has no address, and the gateway has no connector of that name' } };
  return {
    entry: undefined,
    served: { name, coverage: 'not covered', says: 'goes elsewhere, and policy has no connector for it; it was taken out' },
  };
}

/** The same name, or the same address: what policy gives the plugin and nothing else. */
function gatewayConnector(name: string, entry: JsonObject, { connectors, policy }: Rewriting): string | undefined {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, '-');
  if (connectors.includes(plain)) return plain;
  const url = typeof entry['url'] === 'string' && URL.canParse(entry['url']) ? new URL(entry['url']).href : undefined;
  if (url === undefined) return undefined;
  return connectors.find((id) => {
    const upstream = policy.connections.get(policy.connectors.get(id)?.connection ?? '')?.upstream;
    return upstream?.kind === 'http' && upstream.url === url;
  });
}

function gatewayEntry(connector: string, { timeout, alwaysLoad }: JsonObject, { plugin, version, url, signsIn }: Rewriting): JsonObject {
  return {
    type: 'http',
    url: `${url}/p/${plugin}/${version}/${connector}`,
    ...(!signsIn && { headers: { Authorization: `Bearer \${${tokenVariable(plugin, connector)}}` } }),
    ...(timeout !== undefined && { timeout }),
    ...(alwaysLoad !== undefined && { alwaysLoad }),
  };
}

/** The variable that a client takes the token of one connector from, where it does not sign people in by itself. */
function tokenVariable(plugin: string, connector: string): string {
  return `TRAPKEY_TOKEN_${plugin}_${connector}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
}

function json(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8');
}
