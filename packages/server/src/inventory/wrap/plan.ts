import { basename, dirname } from 'node:path';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ToolShape } from '../../kernel/inventory.ts';
import { revealed } from '../../kernel/revealed.ts';
import { freeId, idOf } from '../init/yaml-words.ts';
import { readConnectors } from '../readers/connectors.ts';
import { type WrappedServer, wrappedDocuments } from './documents.ts';
import { entriesIn, type FileEntry } from './entries.ts';
import { formatted, spliced } from './splice.ts';
import { upstreamOf } from './upstream-of.ts';

/** A server entry with what becomes of it. */
export interface PlannedEntry {
  readonly entry: FileEntry;
  readonly shown: string;
  /** Undefined where it stays as it is; then `says` why. */
  readonly server: WrappedServer | undefined;
  readonly says: string | undefined;
}

/** What wrapping a file would do. Nothing is written yet. */
export interface WrapPlan {
  readonly file: string;
  readonly plugin: string;
  readonly entries: readonly PlannedEntry[];
  readonly policy: string;
  readonly policyFile: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Asks a server for its tools; undefined where it is not to be asked, or does not answer. */
export type AskTools = (entry: JsonObject) => Promise<readonly ToolShape[] | undefined>;

/** Plans the wrapping of a file's text. `taken` are ids that policy uses already for other things. */
export async function planWrap(of: {
  readonly file: string;
  readonly text: string;
  readonly person: string;
  readonly privateNetwork: boolean;
  readonly taken: ReadonlySet<string>;
  readonly ask: AskTools;
}): Promise<WrapPlan> {
  const taken = new Set(of.taken);
  const plugin = pluginOf(of.file, taken);
  const entries: PlannedEntry[] = [];
  for (const entry of entriesIn(of.text, of.file)) {
    const shown = revealed(entry.name.slice(0, 100));
    if (covered(entry)) {
      entries.push({ entry, shown, server: undefined, says: 'goes through the gateway already' });
      continue;
    }
    const connector = freeId(idOf(entry.name), taken);
    const upstream = upstreamOf(entry.value, connector, { folder: dirname(of.file), privateNetwork: of.privateNetwork });
    if (typeof upstream === 'string') {
      entries.push({ entry, shown, server: undefined, says: upstream });
      continue;
    }
    taken.add(connector);
    const tools = await of.ask(entry.value);
    entries.push({ entry, shown, server: { name: entry.name, connector, upstream, tools }, says: undefined });
  }
  const servers = entries.flatMap(({ server }) => server ?? []);
  const documents = { file: of.file, plugin, person: of.person, servers };
  return {
    file: of.file,
    plugin,
    entries,
    policy: servers.length === 0 ? '' : wrappedDocuments(documents),
    policyFile: `${plugin}.yaml`,
    variables: Object.assign({}, ...servers.map(({ upstream }) => upstream.secrets)),
  };
}

/** What is written in the place of an entry: how the client reaches the gateway, and whatever else it kept there. */
export type Gatewayed = (connector: string) => JsonObject;

const replaced = new Set(['type', 'url', 'serverUrl', 'headers', 'command', 'args', 'env', 'cwd']);

/** The new text, byte for byte the old one outside of the wrapped entries, with what was written for each. */
export function rewritten(plan: WrapPlan, text: string, gatewayed: Gatewayed) {
  const parts = plan.entries.flatMap(({ entry, server }) => {
    if (!server) return [];
    const rest = Object.entries(entry.value).filter(([key]) => !replaced.has(key));
    const put = formatted({ ...gatewayed(server.connector), ...Object.fromEntries(rest) }, text, entry);
    return [{ offset: entry.offset, length: entry.length, text: put, path: entry.path, connector: server.connector }];
  });
  return {
    text: spliced(text, parts),
    entries: parts.map(({ path, connector, text: wrote }) => ({ path, connector, wrote })),
  };
}

function covered(entry: FileEntry): boolean {
  const [read] = readConnectors({ [entry.name]: entry.value }, '', '', () => {});
  return read?.entry.coverage === 'gateway';
}

function pluginOf(file: string, taken: ReadonlySet<string>): string {
  const name = basename(file) === '.mcp.json' ? basename(dirname(file)) : basename(file);
  return freeId(`wrapped-${idOf(name, 40)}`, taken);
}
