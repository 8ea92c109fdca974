import { basename } from 'node:path';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Finding, Severity, ToolShape } from '../kernel/inventory.ts';
import type { ListLive, ScanOptions, ScanReport } from '../kernel/scan.ts';
import { crossReferences } from './lint/cross.ts';
import { lintDefinition } from './lint/lint.ts';
import { type AbleConnector, type AblePlugin, ableConnector, ablePlugin } from './paths/abilities.ts';
import { worstPaths } from './paths/paths.ts';
import type { ReadConnector } from './readers/connectors.ts';
import { cloneRepository, repositoryUrl } from './readers/git.ts';
import { noticeLookAlikes } from './readers/look-alikes.ts';
import { type Machine, type Read, readMachine } from './readers/machine.ts';
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
    const connectors = await inTurn(plugin.connectors, async (connector) =>
      ableConnector(connector, await toolsOf(connector, plugin.name, parts, options, notice), options.bundledCatalog),
    );
    lintAll(connectors, plugin.connectors, plugin.name, plugin.file, notice);
    return ablePlugin(plugin, connectors);
  });
  const plugins = able.map(({ plugin }) => plugin);
  const marketplaces = read.marketplaces.map(({ marketplace }) => marketplace);
  return {
    format: 'trapkey-scan/1',
    looked: read.looked,
    totals: totalsOf(plugins, marketplaces),
    plugins,
    marketplaces,
    paths: worstPaths(able),
    findings: unique(findings).toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity)),
    ms: Math.round(performance.now() - began),
  };
}

async function readAll(
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
): Promise<readonly ToolShape[] | undefined> {
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

/** Definitions that speak to the model, and those that steer tools of another connector of the same plugin. */
function lintAll(
  able: readonly AbleConnector[],
  read: readonly ReadConnector[],
  plugin: string,
  file: string,
  notice: (finding: Finding) => void,
): void {
  const owners = new Map(able.flatMap(({ connector }) => (connector.tools ?? []).map(({ name }) => [name, connector.name] as const)));
  for (const { entry, tools } of read) {
    for (const tool of tools) {
      const text = typeof tool['description'] === 'string' ? tool['description'] : '';
      for (const { rule, severity, says } of [...lintDefinition(tool), ...crossReferences(text, entry.name, owners, '/description')])
        notice({ rule, severity, says: `tool ${String(tool['name']).slice(0, 100)} of ${entry.name} ${says}`, plugin, file });
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
