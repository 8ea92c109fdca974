import dagre from '@dagrejs/dagre';
import type { BlastEdge, BlastGraph, BlastNode } from '@trapkey/contract/api/blast.ts';

/** A box of the map, or the head of a column of them. */
export interface Box {
  readonly id: string;
  readonly kind: BlastNode['kind'] | 'head';
  readonly label: string;
  readonly over: boolean;
  readonly x: number;
  readonly y: number;
}

/** Everything that goes from one box to another. */
export interface Line {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly edges: readonly BlastEdge[];
}

const boxWidth = 160;
const [boxHeight, between, headAbove] = [40, 100, 34];
/** From left to right; a line between two goes over as many columns as lie between them. */
const columns: readonly (readonly [BlastNode['kind'], string])[] = [
  ['plugin', 'Plugins'],
  ['connector', 'Connectors'],
  ['system', 'Systems'],
  ['class', 'Data'],
  ['outside', 'Outside world'],
];

/** Plugins to the left, the connectors they use, what stands behind them, and the outside world to the right. */
export function layoutOf({ nodes, edges }: BlastGraph): { readonly boxes: readonly Box[]; readonly lines: readonly Line[] } {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 16, ranksep: between });
  graph.setDefaultEdgeLabel(() => ({}));
  const kinds = new Map(nodes.map(({ id, kind }) => [id, kind]));
  // A column of nothing takes no room.
  const present = columns.filter(([kind]) => nodes.some((one) => one.kind === kind));
  const rankOf = new Map(present.map(([kind], rank) => [kind, rank]));
  const rank = (id: string): number => rankOf.get(kinds.get(id) ?? 'plugin') ?? 0;
  for (const { id } of nodes) graph.setNode(id, { width: boxWidth, height: boxHeight });
  const lines = [...Map.groupBy(edges.map(drawn(edges)), ({ from, to }) => `${from} ${to}`)].flatMap(([id, same]): readonly Line[] => {
    const [first] = same;
    if (!first) return [];
    graph.setEdge(first.from, first.to, { minlen: Math.max(1, rank(first.to) - rank(first.from)) });
    return [{ id, from: first.from, to: first.to, edges: same }];
  });
  dagre.layout(graph);
  const boxes = nodes.map(({ id, kind, label, over }): Box => {
    const { y } = graph.node(id);
    return { id, kind, label: kind === 'outside' ? 'Anybody outside' : label, over, x: rank(id) * (boxWidth + between), y };
  });
  const top = Math.min(...boxes.map(({ y }) => y));
  const heads = present.map(
    ([kind, label], at): Box => ({
      id: `head ${kind}`,
      kind: 'head',
      label,
      over: false,
      x: at * (boxWidth + between),
      y: top - headAbove,
    }),
  );
  return { boxes: [...heads, ...boxes], lines };
}

/** What gets out goes through the system, so its line starts there where that can mean one connector alone. */
function drawn(edges: readonly BlastEdge[]): (edge: BlastEdge) => BlastEdge {
  const toSystem = edges.filter(({ kind }) => kind === 'reads' || kind === 'writes');
  const connectors = Map.groupBy(toSystem, ({ to }) => to);
  return (edge) => {
    const system = edge.kind === 'reaches' ? toSystem.find(({ from }) => from === edge.from)?.to : undefined;
    const alone = system !== undefined && new Set(connectors.get(system)?.map(({ from }) => from)).size === 1;
    return alone ? { ...edge, from: system } : edge;
  };
}

/** The boxes on a way from or to the chosen one, and itself. */
export function throughBox({ edges }: Pick<BlastGraph, 'edges'>, chosen: string): ReadonlySet<string> {
  const found = new Set([chosen]);
  const follow = (id: string, here: 'from' | 'to', there: 'from' | 'to'): void => {
    for (const edge of edges) {
      if (edge[here] !== id || found.has(edge[there])) continue;
      found.add(edge[there]);
      follow(edge[there], here, there);
    }
  };
  follow(chosen, 'from', 'to');
  follow(chosen, 'to', 'from');
  return found;
}
