import { type BlastPluginShown, type BlastShown, blastGraph } from '@trapkey/contract/api/blast.ts';
import { Waypoints } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useGet } from '../../lib/queries.ts';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { EdgeTable } from './edges.tsx';
import { Graph } from './graph.tsx';

/** The map of one plugin or of all, its lines as a table, and the ways by which words of outsiders get something out. */
export function BlastMap({
  plugin,
  show,
  plugins,
  empty,
}: {
  readonly plugin: string;
  readonly show: BlastShown;
  readonly plugins: readonly BlastPluginShown[];
  /** In the place of a map of nothing. */
  readonly empty: ReactNode;
}) {
  const [way, setWay] = useState<string>();
  const query = useGet('/api/blast/graph', blastGraph, { query: { plugin, show }, topics: ['policy', 'catalog', 'runs'] });
  const ways = show === 'declared' ? [] : plugins.flatMap((one) => one.paths.map((path) => ({ ...path, plugin: one.plugin })));
  const chosen = ways.find(({ says }) => says === way);
  const lit =
    chosen && new Set([`plugin:${chosen.plugin}`, ...chosen.steps.map((step) => `connector:${connectorOf(step)}`), 'outside:outside']);
  return (
    <Loaded query={query}>
      {(graph) =>
        graph.nodes.length === 0 ? (
          empty
        ) : (
          <>
            <Graph graph={graph} lit={lit} granted={show !== 'declared'} />
            {ways.length > 0 && (
              <Card title="Ways out for the words of outsiders">
                <ul className="space-y-2 text-sm">
                  {ways.map(({ says, unattended }) => (
                    <li key={says} className="flex flex-wrap items-center gap-2">
                      <StateChip state={unattended ? 'failed' : 'hold'} says={unattended ? 'No person' : 'A person'} />
                      <span className="min-w-0 flex-1 basis-60">{says}</span>
                      <button
                        type="button"
                        aria-pressed={says === way}
                        onClick={() => setWay(says === way ? undefined : says)}
                        className="inline-flex min-h-6 items-center gap-1 text-accent hover:underline"
                      >
                        <Waypoints aria-hidden size={13} /> {says === way ? 'Show all' : 'Show on the map'}
                      </button>
                    </li>
                  ))}
                </ul>
              </Card>
            )}
            <EdgeTable graph={graph} granted={show !== 'declared'} />
          </>
        )
      }
    </Loaded>
  );
}

/** Connectors have no dot in their names; tools may. */
function connectorOf(step: string): string {
  return step.slice(0, step.indexOf('.'));
}
