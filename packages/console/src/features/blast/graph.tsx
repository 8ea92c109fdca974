import '@xyflow/react/dist/base.css';
import type { BlastEdge, BlastGraph } from '@trapkey/contract/api/blast.ts';
import { Background, Controls, Handle, type NodeProps, Position, ReactFlow } from '@xyflow/react';
import { Database, Globe, type LucideIcon, Plug, Puzzle, Tag } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Card } from '../../ui/page.tsx';
import { type Box, layoutOf, throughBox } from './layout.ts';
import { alters, labelOf, widthOf } from './lines.ts';

const looks: Readonly<Record<Exclude<Box['kind'], 'head'>, readonly [LucideIcon, string]>> = {
  plugin: [Puzzle, 'border-accent bg-surface font-medium'],
  connector: [Plug, 'border-line-strong bg-surface'],
  system: [Database, 'border-line-strong bg-surface'],
  class: [Tag, 'border-line bg-sunken'],
  outside: [Globe, 'border-line bg-sunken'],
};

interface Shown extends Box {
  /** Something else was chosen, and this has nothing to do with it. */
  readonly faded: boolean;
}

function MapBox({ data }: NodeProps) {
  const { label, kind, over, faded } = data as unknown as Shown;
  if (kind === 'head') return <div className="w-[160px] text-xs text-faint">{label}</div>;
  const [Icon, look] = looks[kind];
  return (
    <div
      className={`flex h-10 w-[160px] items-center gap-2 rounded-md border px-3 text-xs text-ink ${over ? 'border-bad bg-surface font-medium' : look} ${faded ? 'opacity-35' : ''}`}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} className="opacity-0" />
      <Icon aria-hidden size={14} className="shrink-0 text-faint" />
      <span className="truncate">{label}</span>
      <Handle type="source" position={Position.Right} isConnectable={false} className="opacity-0" />
    </div>
  );
}

const kinds = { box: MapBox };

/** The map: who uses what, what stands behind it, and where it gets out. `lit`: only these boxes matter now. */
export function Graph({
  graph,
  lit,
  granted,
}: {
  readonly graph: BlastGraph;
  readonly lit: ReadonlySet<string> | undefined;
  readonly granted: boolean;
}) {
  const { boxes, lines } = useMemo(() => layoutOf(graph), [graph]);
  const [chosen, setChosen] = useState<string>();
  const here = chosen !== undefined && boxes.some(({ id }) => id === chosen) ? throughBox(graph, chosen) : undefined;
  const shown = lit ?? here;
  const faded = (id: string) => shown !== undefined && !shown.has(id);
  const nodes = boxes.map((box) => ({
    id: box.id,
    type: 'box',
    position: { x: box.x, y: box.y },
    data: { ...box, faded: faded(box.id) },
    draggable: false,
    focusable: false,
  }));
  const edges = lines.map((line) => {
    const off = faded(line.from) || faded(line.to);
    return {
      id: line.id,
      source: line.from,
      target: line.to,
      focusable: false,
      label: labelOf(line.edges),
      labelStyle: { fill: 'var(--ink)', fontSize: 11, opacity: off ? 0.35 : 1 },
      labelBgStyle: { fill: 'var(--surface)' },
      style: { ...strokeOf(line.edges), opacity: off ? 0.35 : 1 },
    };
  });
  return (
    <Card
      title={granted ? 'Who can alter what' : 'Who could alter what, if it were granted'}
      says={`${granted ? 'A red line is as wide as what one unattended run alters; dashed: a person decides each call.' : 'Every call along these lines is refused.'} Click a box to see what goes through it. The table below has the same.`}
    >
      <section
        style={{ height: heightOf(boxes) }}
        aria-label="Map of plugins, connectors, systems, data and the outside world; the table below has the same"
      >
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={kinds}
          fitView
          fitViewOptions={{ padding: 0.06, maxZoom: 1 }}
          minZoom={0.2}
          nodesConnectable={false}
          elementsSelectable={false}
          zoomOnScroll={false}
          onNodeClick={(_, { id }) => setChosen(id === chosen || id.startsWith('head ') ? undefined : id)}
          onPaneClick={() => setChosen(undefined)}
          proOptions={{ hideAttribution: false }}
        >
          <Background />
          <Controls showInteractive={false} />
        </ReactFlow>
      </section>
    </Card>
  );
}

/** As high as its boxes stand, within a screen. */
function heightOf(boxes: readonly Box[]): number {
  const ys = boxes.map(({ y }) => y);
  return Math.min(560, Math.max(240, Math.max(...ys) - Math.min(...ys) + 120));
}

function strokeOf(edges: readonly BlastEdge[]): Readonly<Record<string, string | number>> {
  const unattended = edges.some((edge) => edge.unattended);
  return {
    stroke: unattended ? 'var(--bad)' : 'var(--faint)',
    strokeWidth: Math.max(...edges.map(widthOf)),
    ...(!unattended && edges.some(alters) && { strokeDasharray: '5 4' }),
  };
}
