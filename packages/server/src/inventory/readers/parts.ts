import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { revealed } from '../../kernel/revealed.ts';
import type { Folder, Notice } from './files.ts';
import { objectOf, readJson, stringOf, stringsOf } from './json.ts';
import { readProse } from './prose.ts';
import type { ReadPlugin } from './read-plugin.ts';

type Parts = Pick<ReadPlugin, 'counts' | 'secrets' | 'hosts' | 'sources' | 'scripts' | 'runs'>;

const scriptNames = /\.(sh|bash|zsh|py|js|mjs|cjs|ts|rb|pl|ps1|bat|cmd|php|exe|dylib|so|dll)$/i;
const readAtOnce = 32;
const proseNames = /\.(md|mdx|txt)$/i;

/** Everything of a plugin that is not a connector: skills, commands, agents, hooks, scripts, language servers. */
export async function readParts(folder: Folder, manifests: readonly JsonObject[], notice: Notice): Promise<Parts> {
  const skills = await filesOf(folder, manifests, 'skills', 'skills', (path) => /(^|\/)SKILL\.md$/.test(path));
  const commands = await filesOf(folder, manifests, 'commands', 'commands', (path) => path.endsWith('.md'));
  const agents = await filesOf(folder, manifests, 'agents', 'agents', (path) => path.endsWith('.md'));
  const hooks = await hooksOf(folder, manifests, notice);
  const servers = manifests.reduce((sum, manifest) => sum + Object.keys(objectOf(manifest['lspServers']) ?? {}).length, 0);
  const lsp = Object.keys((await readJson(folder, '.lsp.json', notice)) ?? {}).length;
  const files = await folder.files('');
  const scripts = files.filter((path) => scriptNames.test(path));
  const runs: string[] = [];
  const hosts = new Set<string>();
  const sources = new Set<string>();
  const secrets = new Set<string>();
  const own = new Set([...skills, ...commands, ...agents]);
  // A readme speaks to people; what the model reads, and what runs, counts.
  const told = files.filter(
    (path) => scriptNames.test(path) || (proseNames.test(path) && (own.has(path) || /(^|\/)(skills|commands|agents)\//.test(path))),
  );
  for await (const { path, text } of texts(folder, told.slice(0, 2_000))) {
    const prose = readProse(text);
    for (const host of prose.hosts) hosts.add(host);
    for (const source of prose.sources) sources.add(source);
    for (const secret of prose.secrets) secrets.add(secret);
    if (prose.runsCode && own.has(path)) runs.push(revealed(path));
    for (const finding of prose.findings) notice({ ...finding, says: `${revealed(path)} ${finding.says}`, file: folder.shown(path) });
  }
  if (hooks.runs > 0) runs.push('hooks');
  if (scripts.some((path) => path.startsWith('skills/'))) runs.push('scripts of skills');
  if (servers + lsp > 0) runs.push('language servers');
  return {
    counts: { skills: skills.length, commands: commands.length, agents: agents.length, hooks: hooks.all, servers: servers + lsp },
    secrets: [...secrets],
    hosts: [...hosts].sort(),
    sources: [...sources].sort(),
    scripts: scripts.slice(0, 200).map(revealed),
    runs,
  };
}

/** Reads some at once: waiting for one after the other is most of a scan's time. */
async function* texts(folder: Folder, paths: readonly string[]): AsyncIterable<{ readonly path: string; readonly text: string }> {
  for (let at = 0; at < paths.length; at += readAtOnce) {
    const some = paths.slice(at, at + readAtOnce);
    const read = await Promise.all(some.map((path) => folder.text(path)));
    for (const [index, path] of some.entries()) yield { path, text: read[index] ?? '' };
  }
}

/** Files of the usual folder, and of the places that a manifest or the marketplace names for them. */
async function filesOf(
  folder: Folder,
  manifests: readonly JsonObject[],
  key: string,
  usual: string,
  counts: (path: string) => boolean,
): Promise<readonly string[]> {
  const found = new Set((await folder.exists(usual)) ? (await folder.files(usual, 5)).filter(counts) : []);
  for (const named of manifests.flatMap((manifest) => stringsOf(manifest[key])).slice(0, 500)) {
    const path = named.replace(/^\.\//, '').replace(/\/$/, '');
    if (path.endsWith('.md')) {
      if ((await folder.text(path)) !== undefined) found.add(path);
    } else for (const file of (await folder.files(path, 5)).filter(counts)) found.add(file);
  }
  return [...found];
}

/** Handlers of hooks, and what they do. */
async function hooksOf(
  folder: Folder,
  manifests: readonly JsonObject[],
  notice: Notice,
): Promise<{ readonly all: number; readonly runs: number }> {
  const configs: (JsonObject | undefined)[] = [];
  const files = new Set(['hooks/hooks.json']);
  for (const value of manifests.map((manifest) => manifest['hooks'])) {
    for (const path of stringsOf(value)) files.add(path.replace(/^\.\//, ''));
    configs.push(objectOf(value));
  }
  for (const path of files) configs.push(await readJson(folder, path, notice));
  return countHooks(configs, (says) => notice({ rule: 'hook', severity: 'medium', says, file: folder.shown('hooks/hooks.json') }));
}

/** Counts the handlers of hook configurations; each that runs code or sends what happened somewhere is told. */
export function countHooks(
  configs: readonly (JsonObject | undefined)[],
  tell: (says: string) => void,
): { readonly all: number; readonly runs: number } {
  let all = 0;
  let runs = 0;
  for (const config of configs) {
    const events = objectOf(config?.['hooks']) ?? config;
    for (const [event, matchers] of Object.entries(events ?? {})) {
      for (const handler of list(matchers).flatMap((matcher) => list(objectOf(matcher)?.['hooks']))) {
        const kind = stringOf(objectOf(handler)?.['type']) ?? 'command';
        all++;
        if (kind === 'command') runs++;
        if (kind === 'command') tell(`a hook runs a command at ${revealed(event)}`);
        if (kind === 'http') tell(`a hook sends what happens at ${revealed(event)} to an address`);
      }
    }
  }
  return { all, runs };
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value.slice(0, 500) : [];
}
