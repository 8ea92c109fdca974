import type { BlastEdge, BlastGraph, BlastNode } from '@trapkey/contract/api/blast.ts';
import type { BlastAction, BlastReport, Most } from '../../kernel/blast.ts';
import type { PolicySet } from '../../kernel/rules.ts';
import type { MapTool, ToolsOf } from './map-tools.ts';

const pluginsMax = 400;
/** Effects that get to somebody or something outside of the system behind the connector. */
const leaving: ReadonlySet<string> = new Set(['send', 'pay', 'execute']);
const looking: ReadonlySet<string> = new Set(['read', 'draft']);

/** The report as boxes and lines: who uses what of these tools, which system and data stand behind it, and where it gets out. */
export function blastGraph(set: PolicySet, report: BlastReport, toolsOf: ToolsOf): BlastGraph {
  const nodes = new Map<string, BlastNode>();
  const edges = new Map<string, BlastEdge>();
  const node = (kind: BlastNode['kind'], name: string, owner: string | null, over = false) => {
    const id = `${kind}:${name}`;
    if (!nodes.has(id)) nodes.set(id, { id, kind, label: name, owner, over });
    return id;
  };
  // What several plugins can do over one connector stands there once: the most of them.
  const edge = (from: string, to: string, kind: BlastEdge['kind'], of: Omit<BlastEdge, 'from' | 'to' | 'kind'>) => {
    const id = `${from} ${kind} ${to}`;
    edges.set(id, { from, to, kind, ...merged(edges.get(id), of) });
  };
  for (const plugin of report.plugins.slice(0, pluginsMax)) {
    const rules = set.plugins.get(plugin.plugin);
    for (const connector of rules?.connectors ?? []) {
      const known = set.connectors.get(connector);
      const tools = known ? toolsOf(plugin.plugin, known) : [];
      if (!known || tools.length === 0) continue;
      const shown = new Set(tools.map(({ name }) => name));
      // What is let through without being listed stands for itself.
      const ours = ({ tool }: BlastAction) => shown.has(tool) || !known.tools.has(tool);
      const actions = plugin.actions.filter((action) => action.connector === connector && ours(action));
      const from = node('plugin', plugin.plugin, rules?.owner ?? null, plugin.over);
      const through = node('connector', connector, known.owner);
      edge(from, through, 'uses', along(tools, actions));
      behind(set, known, { through, tools, actions }, node, edge);
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], more: report.plugins.length > pluginsMax };
}

function behind(
  set: PolicySet,
  known: NonNullable<ReturnType<PolicySet['connectors']['get']>>,
  { through, tools, actions }: { readonly through: string; readonly tools: readonly MapTool[]; readonly actions: readonly BlastAction[] },
  node: (kind: BlastNode['kind'], name: string, owner: string | null) => string,
  edge: (from: string, to: string, kind: BlastEdge['kind'], of: Omit<BlastEdge, 'from' | 'to' | 'kind'>) => void,
): void {
  const system = node('system', known.connection, set.connections.get(known.connection)?.owner ?? null);
  const reads = tools.filter(({ effect }) => looking.has(effect));
  const writes = tools.filter(({ effect }) => !looking.has(effect));
  if (reads.length > 0) edge(through, system, 'reads', along(reads, []));
  if (writes.length > 0) edge(through, system, 'writes', along(writes, actions));
  for (const one of new Set([...(known.data?.classes ?? []), ...reads.flatMap(({ data }) => data)]))
    edge(system, node('class', one, null), 'holds', along(reads, []));
  const out = writes.filter(({ effect }) => leaving.has(effect));
  const leave = actions.filter(({ effect }) => leaving.has(effect));
  if (out.length > 0) edge(through, node('outside', 'outside', null), 'reaches', along(out, leave));
}

function along(tools: readonly MapTool[], actions: readonly BlastAction[]): Omit<BlastEdge, 'from' | 'to' | 'kind'> {
  const most = (unit: BlastAction['unit']): Most =>
    actions.filter((action) => action.unit === unit).reduce<Most>((all, { run }) => larger(all, run), 0);
  return {
    tools: tools.length,
    effects: [...new Set(tools.map(({ effect }) => effect))].sort(),
    run: { people: most('people'), records: most('records') },
    unattended: actions.some(({ run }) => run === null || run > 0),
  };
}

function merged(before: BlastEdge | undefined, of: Omit<BlastEdge, 'from' | 'to' | 'kind'>): Omit<BlastEdge, 'from' | 'to' | 'kind'> {
  if (!before) return of;
  return {
    tools: Math.max(before.tools, of.tools),
    effects: [...new Set([...before.effects, ...of.effects])].sort(),
    run: { people: larger(before.run.people, of.run.people), records: larger(before.run.records, of.run.records) },
    unattended: before.unattended || of.unattended,
  };
}

function larger(one: Most, other: Most): Most {
  return one === null || other === null ? null : Math.max(one, other);
}
