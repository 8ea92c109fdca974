import { join } from 'node:path';
import { readConfig } from './config.ts';
import { type Folder, type Notice, openFolder } from './files.ts';
import { objectOf, readJson, stringOf } from './json.ts';
import { type ReadMarketplace, readMarketplace } from './marketplace.ts';
import { readPlugin } from './plugin.ts';
import type { ReadPlugin } from './read-plugin.ts';

/** Where a machine keeps what its clients are configured with; given, so that a test can have a machine of its own. */
export interface Machine {
  readonly home: string;
  readonly working: string;
  readonly platform: NodeJS.Platform;
  readonly appData: string | undefined;
  /** Where an organization's settings lie. */
  readonly managed: readonly string[];
}

/** What was found, before capabilities. */
export interface Read {
  readonly looked: readonly string[];
  readonly plugins: readonly ReadPlugin[];
  readonly marketplaces: readonly ReadMarketplace[];
}

/** Configuration files of clients, by what they are called in the report. */
function configsOf({ home, platform, appData }: Machine): readonly (readonly [string, string])[] {
  const support = join(home, 'Library', 'Application Support');
  const desktop =
    platform === 'win32'
      ? join(appData ?? home, 'Claude')
      : platform === 'darwin'
        ? join(support, 'Claude')
        : join(home, '.config', 'Claude');
  return [
    ['Claude Code (user)', join(home, '.claude.json')],
    ['Claude Code settings', join(home, '.claude', 'settings.json')],
    ['Claude Desktop', join(desktop, 'claude_desktop_config.json')],
    ['Cursor', join(home, '.cursor', 'mcp.json')],
    ['Windsurf', join(home, '.codeium', 'windsurf', 'mcp_config.json')],
  ];
}

/** The organization's settings of this platform. */
export function managedFolders(platform: NodeJS.Platform): readonly string[] {
  if (platform === 'darwin') return ['/Library/Application Support/ClaudeCode'];
  return platform === 'win32' ? ['C:\\Program Files\\ClaudeCode'] : ['/etc/claude-code'];
}

/** Reads this machine: clients, installed plugins, known marketplaces, the project in the working folder. */
export async function readMachine(machine: Machine, notice: Notice): Promise<Read> {
  const short = (path: string) => (path.startsWith(machine.home) ? `~${path.slice(machine.home.length)}` : path).replaceAll('\\', '/');
  const looked: string[] = [];
  const plugins: ReadPlugin[] = [];
  const config = async (name: string, folder: string, file: string) => {
    const place = await openFolder(folder, short(folder), notice).catch(() => undefined);
    const value = place && (await readJson(place, file, notice));
    if (!place || !value) return;
    looked.push(place.shown(file));
    const read = readConfig(value, name, place.shown(file), notice);
    if (read) plugins.push(read);
  };
  for (const [name, path] of configsOf(machine)) await config(name, join(path, '..'), path.split(/[\\/]/).at(-1) ?? '');
  for (const folder of machine.managed)
    for (const file of ['managed-settings.json', 'managed-mcp.json']) await config(`organization (${file})`, folder, file);
  if (machine.working !== machine.home) {
    await config('project', machine.working, '.mcp.json');
    await config('project settings', machine.working, join('.claude', 'settings.json'));
    await config('project settings (local)', machine.working, join('.claude', 'settings.local.json'));
  }
  const root = await openFolder(join(machine.home, '.claude'), '~/.claude', notice).catch(() => undefined);
  const marketplaces = root ? await marketplacesOf(root, notice) : [];
  if (root) {
    looked.push('~/.claude/plugins');
    plugins.push(...(await installedOf(root, notice)));
    const own = await readPlugin(root, notice, { name: 'your own skills' });
    if (own.counts.skills + own.counts.commands + own.counts.agents > 0) plugins.push({ ...own, kind: 'client' });
  }
  return { looked, plugins, marketplaces: marketplaces.map((one) => ({ ...one, plugins: [] })) };
}

/** Plugins that are installed, each in the release that is in use. */
async function installedOf(root: Folder, notice: Notice): Promise<readonly ReadPlugin[]> {
  const list = objectOf((await readJson(root, 'plugins/installed_plugins.json', notice))?.['plugins']) ?? {};
  const paths = new Map<string, string>();
  for (const [name, value] of Object.entries(list).slice(0, 2_000)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      const path = stringOf(objectOf(one)?.['installPath']);
      if (path !== undefined) paths.set(path, name);
    }
  }
  const found: ReadPlugin[] = [];
  for (const [path, name] of paths) {
    const place = await openFolder(path, path.startsWith(root.root) ? `~/.claude${path.slice(root.root.length)}` : path, notice).catch(
      () => undefined,
    );
    if (place) found.push(await readPlugin(place, notice, { name: name.split('@')[0] ?? name }));
    else notice({ rule: 'missing_source', severity: 'low', says: 'is listed as installed and is not there', plugin: name });
  }
  return found;
}

async function marketplacesOf(root: Folder, notice: Notice): Promise<readonly ReadMarketplace[]> {
  const files = await root.files('plugins/marketplaces', 3);
  const folders = files.filter((path) => /[\\/]\.claude-plugin[\\/]marketplace\.json$/.test(path)).map((path) => join(path, '..', '..'));
  const found: ReadMarketplace[] = [];
  for (const path of folders) {
    const place = await root.inside(path);
    // Local plugins of a known marketplace are not installed: they are counted, and nothing of them is told.
    const read = place && (await readMarketplace(place, (finding) => (finding.plugin === undefined ? notice(finding) : undefined)));
    if (read) found.push(read);
  }
  return found;
}
