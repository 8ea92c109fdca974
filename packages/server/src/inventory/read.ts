import { basename } from 'node:path';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Finding, Severity, ToolShape } from '../kernel/inventory.ts';
import { revealed } from '../kernel/revealed.ts';
import type { ListLive, ScanOptions, ScanReport } from '../kernel/scan.ts';
import { noticeWide } from './blast/findings.ts';
import { crossReferences } from './lint/cross.ts';
import { lintDefinition } from './lint/lint.ts';
import { type AblePlugin, ableConnector, ablePlugin } from './paths/abilities.ts';
import { worstPaths } from './paths/paths.ts';
import type { ReadConnector } from './readers/connectors.ts';
import { cloneRepository, repositoryUrl } from './readers/git.ts';
import { noticeLookAlikes } from './readers/look-alikes.ts';
import { type Machine, type Read, readMachine } from './readers/machine.ts';
import type { ReadPlugin } from './readers/read-plugin.ts';
import { readTarget } from './readers/target.ts';
import { totalsOf } from './report/totals.ts';

const findingsMax = 5_000;
const liveAtOnceMax = 4;
const order: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** What a scan works with. */
export interface ScanParts {
  readonly machine: Machine;
  readonly listLive: ListLive;
}

/** Looks at this machine, or at what was named: reads files, starts nothing and asks nobody unless `live`. */
export async function scan(parts: ScanParts, options: ScanOptions): Promise<ScanReport> {
  const began = performance.now();
  const findings: Finding[] = [];
  const notice = (finding: Finding) => {
    if (findings.length < findingsMax) findings.push(finding);
  };
  const read = await readAll(parts, options, notice);
  noticeLookAlikes(
    read.marketplaces
      .flatMap(({ names, marketplace }) => names.map((name) => ({ name, file: marketplace.file })))
      .concat(read.plugins.filter(({ kind }) => kind === 'plugin').map(({ name, file }) => ({ name, file }))),
    notice,
  );
  const able = await inTurn(read.plugins, async (plugin): Promise<AblePlugin> => {
    const offers = await inTurn(plugin.connectors, async (connector) => ({
      connector,
      tools: await toolsOf(connector, plugin.name, parts, options, notice),
    }));
    lintAll(offers, plugin, notice);
    return ablePlugin(
      plugin,
      offers.map(({ connector, tools }) => ableConnector(connector, tools, options.bundledCatalog)),
    );
  });
  const plugins = able.map(({ plugin }) => plugin);
  noticeWide(plugins, notice);
  const marketplaces = read.marketplaces.map(({ marketplace }) => marketplace);
  return {
    format: 'trapkey-scan/1',
    live: options.live,
    looked: read.looked,
    totals: totalsOf(plugins, marketplaces),
    plugins,
    marketplaces,
    paths: worstPaths(able),
    findings: unique(findings).toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity)),
    ms: Math.round(performance.now() - began),
  };
}

/** What files say, without judging it: this machine, or what was named. */
export async function readAll(
  { machine }: ScanParts,
  { targets, privateNetwork }: ScanOptions,
  notice: (finding: Finding) => void,
): Promise<Read> {
  if (targets.length === 0) return readMachine(machine, notice);
  const reads: Read[] = [];
  for (const target of targets) {
    const url = repositoryUrl(target);
    if (url === undefined) {
      reads.push(await readTarget(target, target, notice));
      continue;
    }
    const cloned = await cloneRepository(url, { privateNetwork });
    try {
      reads.push(await readTarget(cloned.folder, basename(new URL(url).pathname).replace(/\.git$/, ''), notice));
    } finally {
      await cloned.remove();
    }
  }
  return {
    looked: reads.flatMap(({ looked }) => looked),
    plugins: reads.flatMap(({ plugins }) => plugins),
    marketplaces: reads.flatMap(({ marketplaces }) => marketplaces),
  };
}

/** Tools as a bundle declares them, or as the running server lists them. A server that does not answer is a finding. */
async function toolsOf(
  connector: ReadConnector,
  plugin: string,
  { listLive }: ScanParts,
  options: ScanOptions,
  notice: (finding: Finding) => void,
): Promise<readonly ToolShape[]> {
  const declared = connector.tools.flatMap(shapeOf);
  if (!options.live || connector.entry.transport === 'none') return declared;
  try {
    const { tools, instructions } = await listLive(connector.launch, AbortSignal.timeout(options.liveTimeoutMs ?? 15_000));
    if (instructions !== undefined)
      for (const { rule, severity, says } of lintDefinition({ instructions }))
        notice({ rule, severity, says: `the instructions of ${connector.entry.name}: ${says}`, plugin });
    return tools;
  } catch {
    // What a server says of its failure may hold what it was given.
    notice({
      rule: 'no_answer',
      severity: 'low',
      says: `${connector.entry.name} did not list its tools; what it can do is not known from it`,
      plugin,
    });
    return declared;
  }
}

function shapeOf(tool: JsonObject): readonly ToolShape[] {
  const { name, description, inputSchema } = tool;
  if (typeof name !== 'string') return [];
  const schema =
    typeof inputSchema === 'object' && inputSchema !== null && !Array.isArray(inputSchema) ? (inputSchema as JsonObject) : undefined;
  return [{ name, ...(typeof description === 'string' && { description }), ...(schema && { inputSchema: schema }) }];
}

/** What a connector offers, as declared or as it listed itself. */
interface Offer {
  readonly connector: ReadConnector;
  readonly tools: readonly ToolShape[];
}

/** Definitions that speak to the model, and those that steer tools of another connector of the same plugin. */
function lintAll(offers: readonly Offer[], { name: plugin, file }: ReadPlugin, notice: (finding: Finding) => void): void {
  const owners = new Map(offers.flatMap(({ connector, tools }) => tools.map((tool) => [tool.name, connector.entry.name] as const)));
  for (const { connector, tools } of offers) {
    const { name } = connector.entry;
    for (const tool of tools) {
      const { name: its, title = '', description = '', inputSchema = {} } = tool;
      for (const { rule, severity, says } of [
        ...lintDefinition({ name: its, title, description, inputSchema }),
        ...crossReferences(description, name, owners, '/description'),
      ])
        notice({ rule, severity, says: `tool ${revealed(its.slice(0, 100))} of ${name} ${says}`, plugin, file });
    }
  }
}

async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = new Array(all.length);
  let next = 0;
  await Promise.all(
    Array.from({ length: liveAtOnceMax }, async () => {
      for (let at = next++; at < all.length; at = next++) results[at] = await work(all[at] as T);
    }),
  );
  return results;
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((one) => [`${one.rule} ${one.plugin} ${one.file} ${one.says}`, one] as const)).values()];
}
