import { clientList } from '@trapkey/contract/api/clients.ts';
import { Radar } from 'lucide-react';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { count, many } from '../../lib/format.ts';
import { useGetPages } from '../../lib/queries.ts';
import { FilterSelect } from '../../ui/field.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { columns } from './columns.tsx';
import { Devices } from './devices.tsx';
import { Unseen } from './unseen.tsx';
import { Ways } from './ways.tsx';

const filters = z.object({ q: z.string().default(''), silent: z.enum(['', 'yes']).default('') });

/** Coverage, person by person, and what each way in can do. */
export function ClientsPage() {
  const [asked, set] = useFilters(filters);
  const query = useGetPages('/api/clients', clientList, { query: asked, topics: ['runs'], whenNew: 'refresh' });
  const first = query.data?.pages[0];
  const people = query.data?.pages.flatMap(({ people: some }) => some) ?? [];
  const silent = people.filter(({ silentSinceMs }) => silentSinceMs !== null).length;
  return (
    <Page
      title="Clients"
      wide
      says={
        first
          ? `${many(first.total, 'person', 'people')} in the last 30 days; ${count(silent)} of those shown fell silent.`
          : 'Who is covered, and by what.'
      }
    >
      {first && <Unseen unseen={first.unseen} />}
      <div className="flex flex-wrap items-center gap-2">
        <SearchField label="Person" placeholder="Person" value={asked.q} onValue={(q) => set({ q })} />
        <FilterSelect
          label="Silent"
          value={asked.silent}
          options={[
            ['', 'Everybody'],
            ['yes', 'Whose hooks fell silent'],
          ]}
          onValue={(silent) => set({ silent: silent as '' | 'yes' })}
        />
      </div>
      <Loaded query={query}>
        {() => (
          <Card flush>
            <Table
              id="clients"
              label="People and their clients"
              rows={people}
              columns={columns}
              rowId={({ person }) => person}
              to={({ person }) => `/runs?person=${encodeURIComponent(person)}`}
              height="26rem"
              empty={
                <Empty icon={Radar} title="Nobody was seen">
                  Connect a client: <code className="font-mono text-xs">trapkey connect &lt;plugin&gt;</code>
                </Empty>
              }
            />
            <ShowMore query={query} />
          </Card>
        )}
      </Loaded>
      {first && <Devices people={people} />}
      {first && <Ways ways={first.ways} />}
    </Page>
  );
}
