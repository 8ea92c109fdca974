import { type CatalogList, catalogList } from '@trapkey/contract/api/catalog.ts';
import { Library } from 'lucide-react';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { many } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { NewsBar } from '../../ui/news.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { ViewTabs } from '../../ui/view-tabs.tsx';
import { columns } from './columns.tsx';
import { DefinitionsWaiting } from './definitions.tsx';

const filters = z.object({ view: z.enum(['all', 'plugin', 'connector', 'waiting']).default('all'), q: z.string().max(200).default('') });

/** Every plugin and connector with how it stands; what waits for a look comes first. */
export function CatalogPage() {
  const [{ view, q }, set] = useFilters(filters);
  const query = useGet('/api/catalog', catalogList, { topics: ['catalog', 'policy'], whenNew: 'bar' });
  return (
    <Page title="Catalog" wide says={query.data ? answer(query.data) : 'Plugins and connectors, and who looked at them.'}>
      <NewsBar topic="catalog" />
      {(query.data?.definitionsWait ?? 0) > 0 && <DefinitionsWaiting />}
      <Loaded query={query}>
        {({ subjects }) => {
          const waiting = subjects.filter(waits);
          const found = (view === 'waiting' ? waiting : subjects).filter(
            (one) =>
              (view === 'all' || view === 'waiting' || one.kind === view) &&
              `${one.id} ${one.owner} ${one.users.join(' ')}`.toLowerCase().includes(q.toLowerCase()),
          );
          const kinds = (kind: string) => subjects.filter((one) => one.kind === kind).length;
          return (
            <>
              <div className="flex flex-wrap items-center gap-3">
                <ViewTabs
                  label="Which"
                  view={view}
                  onView={(next) => set({ view: next })}
                  views={[
                    ['all', 'All', subjects.length],
                    ['plugin', 'Plugins', kinds('plugin')],
                    ['connector', 'Connectors', kinds('connector')],
                    ['waiting', 'To be reviewed', waiting.length],
                  ]}
                />
                <SearchField label="Find" placeholder="Name, owner, group" value={q} onValue={(value) => set({ q: value })} />
              </div>
              <Card flush>
                <Table
                  id="catalog"
                  label="Plugins and connectors"
                  rows={found}
                  columns={columns}
                  rowId={({ kind, id }) => `${kind} ${id}`}
                  to={({ kind, id }) => `/catalog/${kind}/${id}`}
                  empty={
                    <Empty icon={Library} title={subjects.length === 0 ? 'The catalog is empty' : 'Nothing like that'}>
                      Policy names plugins and connectors; releases come in with <code>trapkey catalog propose ./my-plugin</code>.
                    </Empty>
                  }
                />
              </Card>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function waits({ waits: next, state }: CatalogList['subjects'][number]): boolean {
  return next !== null || state === 'proposed' || state === 'in review';
}

function answer({ subjects, definitionsWait }: CatalogList): string {
  const waiting = subjects.filter(waits).length;
  const parts = [
    ...(waiting > 0 ? [`${many(waiting, 'release waits', 'releases wait')} for a review`] : []),
    ...(definitionsWait > 0
      ? [
          `${many(definitionsWait, 'definition', 'definitions')} ${definitionsWait === 1 ? 'waits' : 'wait'} for a look and ${definitionsWait === 1 ? 'is' : 'are'} kept out`,
        ]
      : []),
  ];
  return parts.length === 0 ? 'Nothing waits for a review.' : `${parts.join('; ')}.`;
}
