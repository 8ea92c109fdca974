import '@xyflow/react/dist/base.css';
import type { BlastPluginShown } from '@trapkey/contract/api/blast.ts';
import { Background, Controls, Handle, type NodeProps, Position, ReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import { Card } from '../../ui/page.tsx';
import { type Box, layoutOf } from './layout.ts';
import { mostText } from './words.ts';

const looks: Readonly<Record<Box['kind'], string>> = {
  plugin: 'border-accent bg-surface font-medium',
  action: 'border-line-strong bg-surface',
  reached: 'border-line bg-sunken',
};

function MapBox({ data }: NodeProps) {
  const { label, kind } = data as unknown as Box;
  return (
    <div className={`flex h-10 w-[190px] items-center truncate rounded-md border px-3 text-xs text-ink ${looks[kind]}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} className="opacity-0" />
      <span className="truncate">{label}</span>
      <Handle type="source" position={Position.Right} isConnectable={false} className="opacity-0" />
    </div>
  );
}

const kinds = { box: MapBox };

/** The map: a line is as wide as what one unattended run alters, and dashed where a person decides. */
export function Graph({ plugins }: { readonly plugins: readonly BlastPluginShown[] }) {
  const { boxes, lines } = useMemo(() => layoutOf(plugins), [plugins]);
  const nodes = boxes.map((box) => ({
    id: box.id,
    type: 'box',
    position: { x: box.x, y: box.y },
    data: { ...box },
    draggable: false,
    focusable: false,
  }));
  const edges = lines.map(({ id, from, to, most, unattended }) => ({
    id,
    source: from,
    target: to,
    focusable: false,
    label: most === null ? 'unbounded' : mostText(most),
    labelStyle: { fill: 'var(--ink)', fontSize: 11 },
    labelBgStyle: { fill: 'var(--surface)' },
    style: {
      stroke: unattended ? 'var(--bad)' : 'var(--line-strong)',
      strokeWidth: widthOf(most),
      ...(!unattended && { strokeDasharray: '5 4' }),
    },
  }));
  return (
    <Card
      title="Who can alter what"
      says="A line is as wide as what one unattended run alters; dashed: a person decides each call. The table has the same."
    >
      <section className="h-[28rem]" aria-label="Map of plugins, their actions and what they reach; the table has the same">
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={kinds}
          fitView
          minZoom={0.2}
          nodesConnectable={false}
          elementsSelectable={false}
          zoomOnScroll={false}
          proOptions={{ hideAttribution: false }}
        >
          <Background />
          <Controls showInteractive={false} />
        </ReactFlow>
      </section>
    </Card>
  );
}

/** By magnitude: a thousand times more is a few times wider. */
function widthOf(most: number | null): number {
  return most === null ? 8 : 1 + Math.min(6, Math.log10(1 + most) * 1.5);
}
