import { type GrantShown, grantList } from '@trapkey/contract/api/grants.ts';
import { Stamp } from 'lucide-react';
import { z } from 'zod';
import { useFilters } from '../../../lib/filters.ts';
import { count, many, plain } from '../../../lib/format.ts';
import { useGet } from '../../../lib/queries.ts';
import { StateChip } from '../../../ui/chip.tsx';
import { Card, Page } from '../../../ui/page.tsx';
import { Empty, Loaded } from '../../../ui/states.tsx';
import type { Column } from '../../../ui/table/columns.ts';
import { Table } from '../../../ui/table/table.tsx';
import { Time } from '../../../ui/time.tsx';
import { ViewTabs } from '../../../ui/view-tabs.tsx';
import { chipOf, usedOf } from './words.ts';

const filter = z.object({ state: z.enum(['live', 'expired', 'revoked', 'all']).default('live') });
const trail = [{ to: '/approvals', label: 'Approvals' }];

/** Standing approvals: what runs without asking, within which bounds, and how much of it was used. */
export function GrantsPage() {
  const [{ state }, set] = useFilters(filter);
  const query = useGet('/api/grants', grantList, { query: { state }, topics: ['approvals'] });
  const live = state === 'live' ? query.data?.grants.length : undefined;
  return (
    <Page
      title="Standing grants"
      trail={trail}
      says={`${live === undefined ? '' : `${many(live, 'grant is', 'grants are')} live. `}Calls within the bounds of a grant run without asking; each was made from a ticket that somebody approved.`}
      actions={
        <ViewTabs
          label="Which grants"
          view={state}
          onView={(next) => set({ state: next })}
          views={[
            ['live', 'Live'],
            ['expired', 'Expired'],
            ['revoked', 'Revoked'],
            ['all', 'All'],
          ]}
        />
      }
      wide
    >
      <Loaded query={query}>
        {({ grants }) => (
          <Card flush>
            <Table
              id="grants"
              label="Grants"
              rows={grants}
              columns={columns}
              rowId={({ id }) => id}
              to={({ id }) => `/approvals/grants/${id}`}
              empty={
                <Empty icon={Stamp} title="No grants here.">
                  Whoever approved a ticket can make one on its page.
                </Empty>
              }
            />
          </Card>
        )}
      </Loaded>
    </Page>
  );
}

const columns: readonly Column<GrantShown>[] = [
  { id: 'state', header: 'State', width: '8rem', cell: ({ state }) => <StateChip {...chipOf(state)} />, sortBy: ({ state }) => state },
  {
    id: 'what',
    header: 'What it lets run',
    main: true,
    cell: (grant) => (
      <>
        <span className="line-clamp-1 font-medium">{plain(`${grant.connector}.${grant.tool}`)}</span>
        <span className="mt-0.5 block truncate text-xs text-faint">{plain(grant.because)}</span>
      </>
    ),
    sortBy: ({ connector, tool }) => `${connector}.${tool}`,
  },
  {
    id: 'release',
    header: 'With',
    width: '12rem',
    from: 'lg',
    cell: ({ plugin, version }) => plain(`${plugin}@${version}`),
    sortBy: ({ plugin, version }) => `${plugin}@${version}`,
  },
  {
    id: 'person',
    header: 'For',
    width: '13rem',
    from: 'md',
    cell: ({ person }) => (person === undefined ? 'whoever uses it' : plain(person)),
    sortBy: ({ person }) => person ?? '',
  },
  { id: 'used', header: 'Used', width: '9rem', from: 'sm', cell: (grant) => usedOf(grant), sortBy: ({ usedEver }) => usedEver },
  {
    id: 'last',
    header: 'Last used',
    width: '8rem',
    from: 'lg',
    cell: ({ lastUsedAtMs }) => (lastUsedAtMs === undefined ? 'never' : <Time atMs={lastUsedAtMs} inRow />),
    sortBy: ({ lastUsedAtMs }) => lastUsedAtMs ?? 0,
  },
  {
    id: 'reach',
    header: 'Each reaches',
    width: '8rem',
    align: 'right',
    startsHidden: true,
    cell: ({ reachMax }) => (reachMax === undefined ? 'any' : count(reachMax)),
    sortBy: ({ reachMax }) => reachMax ?? Number.MAX_SAFE_INTEGER,
  },
  {
    id: 'until',
    header: 'Ends',
    width: '7rem',
    cell: ({ expiresAtMs }) => <Time atMs={expiresAtMs} inRow />,
    sortBy: ({ expiresAtMs }) => expiresAtMs,
  },
];
