import { type AlertShown, alertList } from '@trapkey/contract/api/alerts.ts';
import { BellOff } from 'lucide-react';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { count, many } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { FilterSelect } from '../../ui/field.tsx';
import { NewsBar } from '../../ui/news.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { AlertState } from './state.tsx';

const states = ['unresolved', 'open', 'acknowledged', 'resolved', 'all'] as const;
const filters = z.object({ state: z.enum(states).default('unresolved') });
const words: Readonly<Record<(typeof states)[number], string>> = {
  unresolved: 'Not resolved',
  open: 'Open',
  acknowledged: 'Somebody is at it',
  resolved: 'Resolved',
  all: 'All',
};

const columns: readonly Column<AlertShown>[] = [
  { id: 'state', header: 'State', width: '9.5rem', cell: (one) => <AlertState alert={one} />, sortBy: (one) => one.state },
  {
    id: 'title',
    header: 'Alert',
    main: true,
    cell: (one) => (
      <>
        {one.title} <span className="text-faint">{one.scope}</span>
      </>
    ),
    sortBy: (one) => one.title,
  },
  { id: 'says', header: 'What happened', width: '22rem', from: 'xl', cell: (one) => one.says },
  { id: 'times', header: 'Times', width: '4.5rem', align: 'right', cell: (one) => count(one.count), sortBy: (one) => one.count },
  { id: 'told', header: 'Told', width: '7rem', from: 'lg', cell: (one) => told[one.delivery] },
  { id: 'last', header: 'Last', width: '7rem', cell: (one) => <Time inRow atMs={one.lastAtMs} />, sortBy: (one) => one.lastAtMs },
];

const told = { none: 'nobody yet', muted: 'muted', waiting: 'on its way', delivered: 'yes', given_up: 'not delivered' } as const;

/** The list of alerts, newest first. */
export function AlertsPage() {
  const [{ state }, set] = useFilters(filters);
  const query = useGet('/api/alerts', alertList, { query: { state }, topics: ['alerts'], whenNew: 'bar' });
  const open = query.data?.alerts.filter((one) => one.state === 'open').length ?? 0;
  return (
    <Page
      title="Alerts"
      says={open === 0 ? 'Nothing needs a look.' : `${many(open, 'alert needs', 'alerts need')} a look.`}
      actions={
        <FilterSelect
          label="State"
          value={state}
          options={states.map((one) => [one, words[one]] as const)}
          onValue={(value) => set({ state: value as typeof state })}
        />
      }
    >
      <NewsBar topic="alerts" />
      <Loaded query={query}>
        {({ alerts }) => (
          <Card flush>
            <Table
              id="alerts"
              label="Alerts, newest first"
              rows={alerts}
              columns={columns}
              rowId={({ id }) => id}
              to={({ id }) => `/alerts/${id}`}
              empty={
                <Empty icon={BellOff} title="No alerts">
                  Tripped limits, changed tools, tools that ran past the gateway and silent sources are told of here.
                </Empty>
              }
            />
          </Card>
        )}
      </Loaded>
    </Page>
  );
}
