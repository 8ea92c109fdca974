import type { UseQueryResult } from '@tanstack/react-query';
import { type AlertList, type AlertShown, alertList, alertsListedMax } from '@trapkey/contract/api/alerts.ts';
import { BellOff } from 'lucide-react';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { count, many } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { useHasRole } from '../../lib/session.ts';
import { FilterSelect } from '../../ui/field.tsx';
import { NewsBar } from '../../ui/news.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { Table } from '../../ui/table/table.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Time } from '../../ui/time.tsx';
import { Undelivered } from './messages.tsx';
import { AlertState } from './state.tsx';

const states = ['unresolved', 'open', 'acknowledged', 'resolved', 'all'] as const;
type State = (typeof states)[number];
const filters = z.object({ state: z.enum(states).default('unresolved'), view: z.enum(['alerts', 'messages']).default('alerts') });
const words: Readonly<Record<State, string>> = {
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

/** Alerts, and what was told and reached nobody. */
export function AlertsPage() {
  const [{ state, view }, set] = useFilters(filters);
  const opens = useHasRole('operator', 'administrator', 'auditor');
  const query = useGet('/api/alerts', alertList, { query: { state }, topics: ['alerts'], whenNew: 'bar' });
  const tabs = [
    { id: 'alerts', label: 'Alerts', panel: <AlertTable query={query} state={state} onState={(next) => set({ state: next })} /> },
    { id: 'messages', label: 'Messages', panel: <Undelivered /> },
  ];
  return (
    <Page title="Alerts" says={sentence(query.data, state)}>
      {opens ? (
        <Tabs label="Alerts and messages" tabs={tabs} tab={view} onTab={(next) => set({ view: next as typeof view })} />
      ) : (
        tabs[0]?.panel
      )}
    </Page>
  );
}

function sentence(list: AlertList | undefined, state: State): string {
  if (!list) return 'What somebody must hear.';
  if (state === 'acknowledged' || state === 'resolved') return `${many(list.alerts.length, 'alert')} of this state.`;
  const open = list.alerts.filter((one) => one.state === 'open').length;
  const says = open === 0 ? 'nothing needs a look' : `${many(open, 'alert needs', 'alerts need')} a look`;
  // Older ones may be open still: a full list says nothing of them.
  if (list.alerts.length >= alertsListedMax) return `Of the newest ${count(list.alerts.length)}, ${says}.`;
  return `${says.charAt(0).toUpperCase()}${says.slice(1)}.`;
}

function AlertTable({
  query,
  state,
  onState,
}: {
  readonly query: UseQueryResult<AlertList>;
  readonly state: State;
  readonly onState: (state: State) => void;
}) {
  return (
    <div className="flex flex-col gap-4">
      <div>
        <FilterSelect
          label="State"
          value={state}
          options={states.map((one) => [one, words[one]] as const)}
          onValue={(value) => onState(value as State)}
        />
      </div>
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
    </div>
  );
}
