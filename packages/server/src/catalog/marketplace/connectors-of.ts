import type { JsonObject } from '@trapkey/contract/json.ts';
import { parse } from 'jsonc-parser';

/** The connector entries of a plugin's files, and the files that hold nothing else. */
export interface PluginConnectors {
  readonly manifest: JsonObject;
  readonly servers: ReadonlyMap<string, JsonObject>;
  readonly files: ReadonlySet<string>;
  /** Configurations that are not plain entries, such as bundles. */
  readonly other: readonly string[];
}

const manifestPath = '.claude-plugin/plugin.json';

/** Reads them as a client would: `.mcp.json`, what the manifest names, and what it holds itself. */
export function connectorsOf(files: ReadonlyMap<string, Uint8Array>): PluginConnectors {
  const manifest = objectAt(files, manifestPath) ?? {};
  const named = [manifest['mcpServers']].flat();
  const paths = new Set(['.mcp.json', ...named.flatMap((one) => (typeof one === 'string' ? [one.replace(/^\.\//, '')] : []))]);
  const servers = new Map<string, JsonObject>();
  const add = (config: JsonObject | undefined) => {
    for (const [name, value] of Object.entries(objectOf(config?.['mcpServers']) ?? config ?? {})) {
      const entry = objectOf(value);
      if (entry) servers.set(name, entry);
    }
  };
  const read = new Set([...paths].filter((path) => files.has(path)));
  for (const path of read) if (path.endsWith('.json')) add(objectAt(files, path));
  for (const one of named) add(objectOf(one));
  return { manifest, servers, files: read, other: [...paths].filter((path) => path !== '.mcp.json' && !path.endsWith('.json')) };
}

function objectAt(files: ReadonlyMap<string, Uint8Array>, path: string): JsonObject | undefined {
  const bytes = files.get(path);
  if (!bytes) return undefined;
  return objectOf(
    parse(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
      [],
      { allowTrailingComma: true },
    ) as unknown,
  );
}

function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
