import { type BatchSummary, batchList } from '@trapkey/contract/api/batches.ts';
import { Layers } from 'lucide-react';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { count, many } from '../../lib/format.ts';
import { useGetPages } from '../../lib/queries.ts';
import { FilterSelect } from '../../ui/field.tsx';
import { NewsBar } from '../../ui/news.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { BatchState } from './state.tsx';

const filters = z.object({ state: z.string().default('') });

const columns: readonly Column<BatchSummary>[] = [
  { id: 'state', header: 'State', width: '9rem', cell: (one) => <BatchState state={one.state} />, sortBy: (one) => one.state },
  {
    id: 'what',
    header: 'Batch',
    main: true,
    cell: (one) => (
      <>
        {one.tools.map(({ tool, count: times }) => `${count(times)} × ${tool}`).join(', ')}
        {one.attempt > 1 && <span className="text-faint"> attempt {one.attempt}</span>}
      </>
    ),
  },
  { id: 'person', header: 'Person', width: '12rem', from: 'md', cell: (one) => one.person },
  { id: 'release', header: 'Plugin', width: '12rem', from: 'lg', cell: (one) => one.release },
  {
    id: 'marked',
    header: 'Marked',
    width: '6rem',
    align: 'right',
    cell: (one) => (one.sample === 0 ? '–' : `${one.marked} of ${one.sample}`),
  },
  { id: 'done', header: 'Done', width: '6rem', align: 'right', from: 'md', cell: (one) => count(one.progress.done) },
  { id: 'at', header: 'Begun', width: '7rem', cell: (one) => <Time inRow atMs={one.created_at_ms} />, sortBy: (one) => one.created_at_ms },
];

/** `part`: a filter or further pages hide some, so the count is of those shown. */
function answer(waiting: number, part: boolean): string {
  const of = part ? 'Of those shown, ' : '';
  const says = waiting === 0 ? 'no batch waits' : many(waiting, 'batch waits', 'batches wait');
  return `${of}${part ? says : says.charAt(0).toUpperCase() + says.slice(1)} for a person.`;
}

/** The list of batches, newest first. */
export function BatchesPage() {
  const [{ state }, set] = useFilters(filters);
  const query = useGetPages('/api/batches', batchList, { query: { state: state || undefined }, topics: ['batches'] });
  const rows = query.data?.pages.flatMap(({ batches }) => batches) ?? [];
  const waiting = rows.filter((one) => ['proposed', 'returned', 'ready', 'paused'].includes(one.state)).length;
  return (
    <Page
      title="Batches"
      wide
      says={query.data ? answer(waiting, state !== '' || query.hasNextPage) : 'Many changes of one run, before they are made and after.'}
      actions={
        <FilterSelect
          label="State"
          value={state}
          options={[
            ['', 'In any state'],
            ['proposed', 'To be marked'],
            ['returned', 'Returned'],
            ['ready', 'Ready to apply'],
            ['applying', 'Applying'],
            ['paused', 'Paused'],
            ['applied', 'Applied'],
            ['open', 'Open'],
          ]}
          onValue={(value) => set({ state: value })}
        />
      }
    >
      <NewsBar topic="batches" filtered={state !== ''} />
      <Loaded query={query}>
        {() => (
          <Card flush>
            <Table
              id="batches"
              label="Batches, newest first"
              rows={rows}
              columns={columns}
              rowId={({ id }) => id}
              to={({ id }) => `/batches/${id}`}
              empty={
                <Empty icon={Layers} title={state === '' ? 'No batch' : 'No batch in this state'}>
                  Where a tool has a `stage` rule, many changes of one run land here before any of them is made.
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
