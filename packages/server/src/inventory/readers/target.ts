import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { UserError } from '../../kernel/errors.ts';
import { revealed } from '../../kernel/revealed.ts';
import { readBundle } from './bundle.ts';
import { readConfig } from './config.ts';
import { type Folder, type Notice, openFolder } from './files.ts';
import { objectOf, readJson } from './json.ts';
import type { Read } from './machine.ts';
import { type ReadMarketplace, readMarketplace } from './marketplace.ts';
import { readPlugin } from './plugin.ts';
import type { ReadPlugin } from './read-plugin.ts';

const foldersMax = 2_000;

/** Reads a file or folder that a person named, whatever it turns out to be. */
export async function readTarget(path: string, label: string, notice: Notice): Promise<Read> {
  const about = await stat(path).catch(() => undefined);
  if (!about) throw new UserError(`There is no file or folder called ${revealed(path.slice(0, 200))}.`, 'See: trapkey scan --help.');
  if (about.isDirectory()) return readFolder(await openFolder(path, label, notice), label, notice);
  if (/\.(mcpb|dxt|zip)$/i.test(path)) {
    const read = await readBundle(path, label, notice);
    return { looked: [label], plugins: read ? [read] : [], marketplaces: [] };
  }
  const folder = await openFolder(dirname(path), dirname(label), notice);
  const config = await readJson(folder, basename(path), notice);
  const read = config && readConfig(config, basename(path), folder.shown(basename(path)), notice);
  if (config && !read && !objectOf(config['mcpServers']))
    notice({ rule: 'nothing_here', severity: 'low', says: 'names no connectors, hooks or secrets', file: label });
  return { looked: [label], plugins: read ? [read] : [], marketplaces: [] };
}

/** A marketplace, a plugin, or a folder with some of them, of bundles and of configurations below it. */
async function readFolder(folder: Folder, label: string, notice: Notice): Promise<Read> {
  const marketplace = await readMarketplace(folder, notice);
  if (marketplace) return { looked: [label], plugins: marketplace.plugins, marketplaces: [marketplace] };
  if (await isPlugin(folder)) return { looked: [label], plugins: [await readPlugin(folder, notice)], marketplaces: [] };
  const files = await folder.files('', 6);
  const plugins: ReadPlugin[] = [];
  const marketplaces: ReadMarketplace[] = [];
  const taken: string[] = [];
  const roots = files
    .filter((file) => /(^|[\\/])\.claude-plugin[\\/](plugin|marketplace)\.json$/.test(file))
    .map((file) => dirname(dirname(file)));
  for (const root of [...new Set(roots)].sort((a, b) => a.length - b.length).slice(0, foldersMax)) {
    if (taken.some((one) => root === one || root.startsWith(`${one}/`))) continue;
    taken.push(root);
    const place = await folder.inside(root);
    const read = place && (await readMarketplace(place, notice));
    if (read) {
      marketplaces.push(read);
      plugins.push(...read.plugins);
    } else if (place) plugins.push(await readPlugin(place, notice));
  }
  for (const file of files.filter((one) => !taken.some((root) => one.startsWith(`${root}/`)))) {
    const name = basename(file);
    if (/\.(mcpb|dxt)$/i.test(name)) {
      const read = await readBundle(`${folder.root}/${file}`, folder.shown(file), notice);
      if (read) plugins.push(read);
    } else if (
      /^(\.mcp\.json|mcp\.json|claude_desktop_config\.json|managed-mcp\.json|managed-settings\.json)$/.test(name) ||
      /(^|\/)(\.claude\/settings(\.local)?|\.claude)\.json$/.test(file)
    ) {
      const config = await readJson(folder, file, notice);
      const read = config && readConfig(config, folder.shown(file), folder.shown(file), notice);
      if (read) plugins.push(read);
    }
  }
  return { looked: [label], plugins, marketplaces };
}

async function isPlugin(folder: Folder): Promise<boolean> {
  if (await folder.exists('.claude-plugin/plugin.json')) return true;
  return (await folder.exists('skills')) && (await folder.files('skills', 2)).some((file) => file.endsWith('SKILL.md'));
}
