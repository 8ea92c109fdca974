import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ToolShape } from '../../kernel/inventory.ts';
import type { ListLive, ScanOptions } from '../../kernel/scan.ts';
import { knownConnector, knownTool } from '../classify/known.ts';
import { readAll, type ScanParts } from '../read.ts';
import type { ReadConnector } from '../readers/connectors.ts';
import { upstreamOf } from '../wrap/upstream-of.ts';
import type { GovernedServer } from './policy-of-tools.ts';
import { freeId, idOf } from './yaml-words.ts';

const liveTimeoutMs = 15_000;
const serversMax = 300;

/** Servers that a policy can be written for, and those that it cannot, with why. */
export interface Gathered {
  readonly servers: readonly GovernedServer[];
  readonly left: readonly { readonly name: string; readonly says: string }[];
  /** Values that stood in configurations; kept in the data folder, never in policy. */
  readonly variables: Readonly<Record<string, string>>;
  readonly looked: readonly string[];
}

/** Every server that a scan finds, once each, with its tools where they are known or asked for. */
export async function gatherServers(
  parts: ScanParts,
  options: Pick<ScanOptions, 'targets' | 'live' | 'privateNetwork'>,
): Promise<Gathered> {
  const read = await readAll(parts, { ...options, bundledCatalog: true }, () => {});
  const servers: GovernedServer[] = [];
  const left: { name: string; says: string }[] = [];
  const variables: Record<string, string> = {};
  const seen = new Set<string>();
  const taken = new Set<string>();
  for (const connector of read.plugins.flatMap(({ connectors }) => connectors).slice(0, serversMax)) {
    const entry = entryOf(connector);
    const key = JSON.stringify(entry);
    if (seen.has(key)) continue;
    seen.add(key);
    const name = freeId(idOf(connector.entry.name.replace(/ \([^)]*\)$/, '')), taken);
    const placed =
      connector.entry.coverage === 'gateway'
        ? 'goes through the gateway already'
        : upstreamOf(entry, name, { folder: process.cwd(), privateNetwork: options.privateNetwork });
    if (typeof placed === 'string') {
      left.push({ name: connector.entry.name, says: placed });
      continue;
    }
    taken.add(name);
    Object.assign(variables, placed.secrets);
    const tools = await toolsOf(connector, parts.listLive, options.live);
    const known = knownConnector(connector.identity.host, connector.identity.words);
    const { upstream, connection } = placed;
    servers.push({ name, upstream, connection, tools, known: (tool) => knownTool(known, tool) });
  }
  return { servers, left, variables, looked: read.looked };
}

function entryOf({ launch, entry }: ReadConnector): JsonObject {
  const [command, ...args] = launch.command ?? [];
  if (command !== undefined) return { command, args, env: { ...launch.env } };
  return { type: entry.transport === 'none' ? 'http' : entry.transport, url: launch.url ?? '', headers: { ...launch.headers } };
}

async function toolsOf({ tools, launch }: ReadConnector, listLive: ListLive, live: boolean): Promise<readonly ToolShape[]> {
  if (live) {
    const listed = await listLive(launch, AbortSignal.timeout(liveTimeoutMs)).catch(() => undefined);
    if (listed) return listed.tools;
  }
  return tools.flatMap(({ name, description, inputSchema }) =>
    typeof name === 'string'
      ? [{ name, ...(typeof description === 'string' && { description }), ...(isObject(inputSchema) && { inputSchema }) }]
      : [],
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
