import dagre from '@dagrejs/dagre';
import type { BlastPluginShown } from '@trapkey/contract/api/blast.ts';

/** A box of the map, and a line of it; `most` null is unbounded. */
export interface Box {
  readonly id: string;
  readonly kind: 'plugin' | 'action' | 'reached';
  readonly label: string;
  readonly x: number;
  readonly y: number;
}
export interface Line {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly most: number | null;
  readonly unattended: boolean;
}

const size = { width: 190, height: 40 };

/** Plugins to the left, what they do in the middle, whom and what it reaches to the right. */
export function layoutOf(plugins: readonly BlastPluginShown[]): { readonly boxes: readonly Box[]; readonly lines: readonly Line[] } {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 130 });
  graph.setDefaultEdgeLabel(() => ({}));
  const labels = new Map<string, Pick<Box, 'kind' | 'label'>>();
  const lines: Line[] = [];
  const box = (id: string, kind: Box['kind'], label: string) => {
    labels.set(id, { kind, label });
    graph.setNode(id, { ...size });
    return id;
  };
  const line = (from: string, to: string, rest: Pick<Line, 'most' | 'unattended'>) => {
    lines.push({ id: `${from} ${to}`, from, to, ...rest });
    graph.setEdge(from, to);
  };
  for (const plugin of plugins) {
    const from = box(`plugin ${plugin.plugin}`, 'plugin', plugin.release);
    for (const action of plugin.actions) {
      const rest = { most: action.run, unattended: action.unattended.length > 0 };
      const through = box(`action ${plugin.plugin} ${action.connector}.${action.tool}`, 'action', `${action.connector}.${action.tool}`);
      line(from, through, rest);
      line(through, box(`reached ${action.unit} ${action.effect}`, 'reached', `${action.unit} (${action.effect})`), rest);
    }
  }
  dagre.layout(graph);
  const boxes = [...labels].map(([id, rest]) => {
    const { x, y } = graph.node(id);
    return { id, ...rest, x: x - size.width / 2, y: y - size.height / 2 };
  });
  return { boxes, lines };
}
