import type { JsonObject } from '@trapkey/contract/json.ts';
import { revealed } from '../../kernel/revealed.ts';
import { type ReadConnector, readConnectors } from './connectors.ts';
import type { Folder, Notice } from './files.ts';
import { objectOf, readJson, stringOf, stringsOf } from './json.ts';
import { readParts } from './parts.ts';
import type { ReadPlugin } from './read-plugin.ts';

/** Reads a plugin folder. `entry` is what its marketplace says of it, which counts where there is no manifest. */
export async function readPlugin(folder: Folder, notice: Notice, entry: JsonObject = {}): Promise<ReadPlugin> {
  const manifest = (await readJson(folder, '.claude-plugin/plugin.json', notice)) ?? {};
  const file = folder.shown('');
  const name = revealed((stringOf(manifest['name']) ?? stringOf(entry['name']) ?? file.split('/').at(-1) ?? 'unnamed').slice(0, 120));
  const version = stringOf(manifest['version']) ?? stringOf(entry['version']);
  const told: Notice = (finding) => notice({ plugin: name, ...finding });
  const connectors = await connectorsOf(folder, [manifest, entry], name, told);
  const parts = await readParts(folder, [manifest, entry], told);
  const options = Object.entries(objectOf(manifest['userConfig']) ?? {});
  const sensitive = options
    .filter(([, option]) => objectOf(option)?.['sensitive'] === true)
    .map(([option]) => `user_config.${revealed(option)}`);
  return {
    name,
    kind: 'plugin',
    ...(version !== undefined && { version: revealed(version.slice(0, 60)) }),
    file,
    counts: parts.counts,
    connectors,
    secrets: [...new Set([...connectors.flatMap(({ entry: one }) => one.secrets), ...sensitive, ...parts.secrets])],
    hosts: parts.hosts,
    sources: parts.sources,
    scripts: parts.scripts,
    runs: parts.runs,
  };
}

/** `.mcp.json` beside the manifest, and what manifest and marketplace entry name or hold themselves. */
async function connectorsOf(
  folder: Folder,
  manifests: readonly JsonObject[],
  plugin: string,
  notice: Notice,
): Promise<readonly ReadConnector[]> {
  const files = new Set(['.mcp.json']);
  const inline: JsonObject[] = [];
  for (const manifest of manifests) {
    const value = manifest['mcpServers'];
    for (const path of stringsOf(value)) files.add(path.replace(/^\.\//, ''));
    for (const one of Array.isArray(value) ? value : [value]) {
      const servers = objectOf(one);
      if (servers) inline.push(servers);
    }
  }
  const found: ReadConnector[] = [];
  for (const path of files) {
    if (!path.endsWith('.json')) continue;
    const config = await readJson(folder, path, notice);
    found.push(...readConnectors(config && serversOf(config), folder.shown(path), plugin, notice));
  }
  for (const servers of inline) found.push(...readConnectors(servers, folder.shown('.claude-plugin/plugin.json'), plugin, notice));
  const byName = new Map(found.map((one) => [one.entry.name, one] as const));
  return [...byName.values()];
}

/** The servers of a configuration: under `mcpServers`, under `servers` (other clients), or the file itself. */
export function serversOf(config: JsonObject): JsonObject | undefined {
  const named = objectOf(config['mcpServers']) ?? objectOf(config['servers']);
  if (named) return named;
  const bare = Object.values(config).every((one) => {
    const entry = objectOf(one);
    return entry !== undefined && ('command' in entry || 'url' in entry || 'type' in entry);
  });
  return bare ? config : undefined;
}
