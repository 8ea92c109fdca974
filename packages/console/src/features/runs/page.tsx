import { type RunView, runList } from '@trapkey/contract/api/runs.ts';
import { Waypoints } from 'lucide-react';
import { useFilters } from '../../lib/filters.ts';
import { count, many } from '../../lib/format.ts';
import { useGetPages } from '../../lib/queries.ts';
import { span } from '../../lib/time.ts';
import { CoverageChip } from '../../ui/chip.tsx';
import { NewsBar } from '../../ui/news.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { Table } from '../../ui/table/table.tsx';
import { TierMark } from '../../ui/tier.tsx';
import { Time } from '../../ui/time.tsx';
import { FilterBar, filters } from './filter-bar.tsx';
import { usePlugins } from './plugins.ts';

const columns: readonly Column<RunView>[] = [
  { id: 'person', header: 'Person', main: true, cell: (one) => one.person },
  { id: 'release', header: 'Plugin', width: '14rem', cell: (one) => one.release },
  { id: 'tier', header: 'Tier', width: '6.5rem', from: 'md', cell: (one) => one.tier && <TierMark tier={one.tier} /> },
  { id: 'calls', header: 'Calls', width: '5rem', align: 'right', cell: (one) => count(one.calls), sortBy: (one) => one.calls },
  { id: 'held', header: 'Held', width: '5rem', align: 'right', from: 'md', cell: (one) => count(one.held), sortBy: (one) => one.held },
  {
    id: 'refused',
    header: 'Refused',
    width: '6rem',
    align: 'right',
    from: 'md',
    cell: (one) => count(one.refused),
    sortBy: (one) => one.refused,
  },
  { id: 'agents', header: 'Agents', width: '5rem', align: 'right', from: 'lg', startsHidden: true, cell: (one) => count(one.agents) },
  {
    id: 'cost',
    header: 'Cost',
    width: '6rem',
    align: 'right',
    from: 'lg',
    startsHidden: true,
    cell: (one) => `$${(one.spend.microUsd / 1e6).toFixed(2)}`,
  },
  {
    id: 'coverage',
    header: 'Seen by',
    width: '9rem',
    from: 'lg',
    cell: (one) => (
      <span className="flex gap-1">
        {one.coverage.map((by) => (
          <CoverageChip key={by} coverage={by} />
        ))}
      </span>
    ),
  },
  { id: 'lasted', header: 'Lasted', width: '6rem', from: 'xl', align: 'right', cell: (one) => span(one.lastAtMs - one.startedAtMs) },
  { id: 'last', header: 'Last call', width: '7rem', cell: (one) => <Time inRow atMs={one.lastAtMs} />, sortBy: (one) => one.lastAtMs },
];

/** The list of runs, the latest first. */
export function RunsPage() {
  const [asked, set] = useFilters(filters);
  const query = useGetPages('/api/runs', runList, { query: asked, topics: ['runs'] });
  const rows = query.data?.pages.flatMap(({ runs }) => runs) ?? [];
  const plugins = usePlugins(rows, asked.plugin);
  const filtered = [asked.person, asked.plugin, asked.outcome, asked.tier, asked.coverage].some((one) => one !== undefined);
  const refused = rows.filter((one) => one.refused > 0).length;
  return (
    <Page
      title="Runs"
      wide
      says={
        query.data
          ? `${query.hasNextPage ? 'At least ' : ''}${many(rows.length, 'run')}${filtered ? ' like that' : ''}; something was refused in ${count(refused)}${query.hasNextPage ? ' of those shown' : ''}.`
          : 'What agents did, task by task.'
      }
    >
      <FilterBar asked={asked} plugins={plugins} onFilter={set} />
      <NewsBar topic="runs" filtered={filtered} />
      <Loaded query={query}>
        {() => (
          <Card flush>
            <Table
              id="runs"
              label="Runs, the latest first"
              rows={rows}
              columns={columns}
              rowId={({ id }) => id}
              to={({ id }) => `/runs/${id}`}
              empty={
                <Empty icon={Waypoints} title={filtered ? 'No run like that' : 'No run in this time'}>
                  {filtered ? (
                    'Other filters may find some.'
                  ) : (
                    <>
                      Connect a client: <code className="font-mono text-xs">trapkey connect &lt;plugin&gt;</code>
                    </>
                  )}
                </Empty>
              }
            />
            <ShowMore query={query} />
          </Card>
        )}
      </Loaded>
    </Page>
  );
}
