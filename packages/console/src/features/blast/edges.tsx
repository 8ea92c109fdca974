import type { BlastEdge, BlastGraph, BlastNode } from '@trapkey/contract/api/blast.ts';
import { many } from '../../lib/format.ts';
import { Card } from '../../ui/page.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { alters, amountOf, verbOf } from './lines.ts';

/** Every line of the map as a row. `granted` false: it is of what policy refuses. */
export function EdgeTable({ graph, granted }: { readonly graph: BlastGraph; readonly granted: boolean }) {
  const labels = new Map(graph.nodes.map((node) => [node.id, nameOf(node)]));
  return (
    <Card title="The same as a table" flush>
      <ScrollBox label="Lines of the map">
        <table className="w-full min-w-2xl table-fixed border-t border-line text-left text-sm">
          <caption className="sr-only">Lines of the map</caption>
          <thead className="text-xs text-faint">
            <tr>
              {['From', 'What it does', 'To', 'Tools', 'One unattended run'].map((head) => (
                <th key={head} className="px-4 py-2 font-medium">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {graph.edges.map((edge) => (
              <tr key={`${edge.from} ${edge.kind} ${edge.to}`} className="border-t border-line">
                <td className="truncate px-4 py-2 font-medium">{labels.get(edge.from)}</td>
                <td className="px-4 py-2">{verbOf(edge)}</td>
                <td className="truncate px-4 py-2">{labels.get(edge.to)}</td>
                <td className="px-4 py-2 text-soft">{edge.kind === 'holds' ? '' : many(edge.tools, 'tool')}</td>
                <td className="px-4 py-2">{granted ? runText(edge) : 'Refused: not granted'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </Card>
  );
}

const kinds: Readonly<Record<Exclude<BlastNode['kind'], 'outside'>, string>> = {
  plugin: 'Plugin',
  connector: 'Connector',
  system: 'System',
  class: 'Data:',
};

function nameOf({ kind, label }: BlastNode): string {
  return kind === 'outside' ? 'Anybody outside' : `${kinds[kind]} ${label}`;
}

function runText(edge: BlastEdge): string {
  return amountOf(edge) ?? (alters(edge) ? 'A person decides each call' : 'Nothing is altered');
}
