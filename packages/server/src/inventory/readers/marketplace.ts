import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { revealed } from '../../kernel/revealed.ts';
import type { ScannedMarketplace } from '../../kernel/scan.ts';
import type { Folder, Notice } from './files.ts';
import { objectOf, readJson, stringOf } from './json.ts';
import { readPlugin } from './plugin.ts';
import type { ReadPlugin } from './read-plugin.ts';

const entriesMax = 5_000;

/** A marketplace with the plugins that lie in its own folder; what lies elsewhere is counted, not fetched. */
export interface ReadMarketplace {
  readonly marketplace: ScannedMarketplace;
  readonly plugins: readonly ReadPlugin[];
  /** Names of all entries, for look-alikes. */
  readonly names: readonly string[];
}

/** Reads `.claude-plugin/marketplace.json` of a folder; undefined when there is none. */
export async function readMarketplace(folder: Folder, notice: Notice): Promise<ReadMarketplace | undefined> {
  const path = '.claude-plugin/marketplace.json';
  const config = await readJson(folder, path, notice);
  if (!config) return undefined;
  const listed = (Array.isArray(config['plugins']) ? config['plugins'] : []).slice(0, entriesMax);
  const file = folder.shown(path);
  const name = revealed((stringOf(config['name']) ?? 'unnamed').slice(0, 120));
  const tell: Notice = (finding) => notice({ file, ...finding });
  const bySource: Record<string, number> = {};
  const plugins: ReadPlugin[] = [];
  const names: string[] = [];
  const seen = new Set<string>();
  let pinned = 0;
  for (const value of listed) {
    const entry = objectOf(value);
    if (!entry) continue;
    const plugin = revealed((stringOf(entry['name']) ?? 'unnamed').slice(0, 120));
    names.push(stringOf(entry['name']) ?? '');
    const source = sourceOf(entry['source']);
    bySource[source.kind] = (bySource[source.kind] ?? 0) + 1;
    if (source.kind === 'relative') {
      const read = await localPlugin({ folder, config, entry, path: source.path, tell, notice, seen });
      if (read) plugins.push(read);
    } else if (source.pinned) pinned++;
    else tell({ ...looseSource(source.kind), plugin });
  }
  return { marketplace: { name, file, entries: listed.length, bySource, pinned }, plugins, names };
}

interface Local {
  readonly folder: Folder;
  readonly config: JsonObject;
  readonly entry: JsonObject;
  readonly path: string;
  readonly tell: Notice;
  readonly notice: Notice;
  readonly seen: Set<string>;
}

async function localPlugin({ folder, config, entry, path, tell, notice, seen }: Local): Promise<ReadPlugin | undefined> {
  const plugin = revealed((stringOf(entry['name']) ?? 'unnamed').slice(0, 120));
  const base = stringOf(objectOf(config['metadata'])?.['pluginRoot']);
  const joined = base !== undefined && !path.startsWith('./') ? `${base}/${path}` : path;
  const place = await folder.inside(joined);
  if (!place) {
    tell({
      rule: 'missing_source',
      severity: 'medium',
      says: `${plugin} is said to lie in ${revealed(joined.slice(0, 200))}, where there is no folder to read`,
      plugin,
    });
    return undefined;
  }
  // A marketplace in its own list would be a plugin that holds itself; with parts named it is the usual way of small repositories.
  if (
    place.root === folder.root &&
    !['skills', 'commands', 'agents', 'hooks', 'mcpServers', 'lspServers'].some((key) => key in entry) &&
    !(await place.exists('.claude-plugin/plugin.json'))
  ) {
    tell({ rule: 'points_to_itself', severity: 'medium', says: `${plugin} is the marketplace itself; it was not read again`, plugin });
    return undefined;
  }
  const key = `${place.root} ${place.root === folder.root ? plugin : ''}`;
  if (seen.has(key)) {
    tell({ rule: 'listed_twice', severity: 'low', says: `${plugin} is a folder that another entry lists already`, plugin });
    return undefined;
  }
  seen.add(key);
  if (place.root !== folder.root && (await place.exists('.claude-plugin/marketplace.json')))
    tell({
      rule: 'nested_marketplace',
      severity: 'low',
      says: `${plugin} is a marketplace as well; its own list was not followed`,
      plugin,
    });
  return readPlugin(place, notice, entry);
}

interface Source {
  readonly kind: 'relative' | 'npm' | 'url' | 'github' | 'git-subdir' | 'archive' | 'command' | 'unknown';
  readonly path: string;
  readonly pinned: boolean;
}

function sourceOf(value: Json | undefined): Source {
  if (typeof value === 'string') return { kind: 'relative', path: value, pinned: false };
  const source = objectOf(value);
  const kind = stringOf(source?.['source']) ?? '';
  const commit = /^[0-9a-f]{40}([0-9a-f]{24})?$/i;
  const sha = commit.test(stringOf(source?.['sha']) ?? '') || commit.test(stringOf(source?.['ref']) ?? '');
  if (kind === 'npm') return { kind, path: '', pinned: /^\d+\.\d+\.\d+([-+][\w.]+)?$/.test(stringOf(source?.['version']) ?? '') };
  if (kind === 'archive') return { kind, path: '', pinned: /^(sha256:)?[0-9a-f]{64}$/i.test(stringOf(source?.['sha256']) ?? '') };
  if (kind === 'url' || kind === 'github' || kind === 'git-subdir') return { kind, path: '', pinned: sha };
  return { kind: kind === 'command' ? 'command' : 'unknown', path: '', pinned: false };
}

function looseSource(kind: Source['kind']): { readonly rule: string; readonly severity: 'high' | 'medium'; readonly says: string } {
  if (kind === 'command') return { rule: 'command_source', severity: 'high', says: 'is whatever a command on this machine makes of it' };
  if (kind === 'unknown')
    return { rule: 'unknown_source', severity: 'medium', says: 'comes from a kind of source that this version does not know' };
  const missing = { npm: 'an exact version', archive: 'a sha256' }[kind as string] ?? 'a commit (sha)';
  return {
    rule: 'unpinned_source',
    severity: 'medium',
    says: `comes from ${kind} without ${missing}: what is installed can change by itself`,
  };
}
