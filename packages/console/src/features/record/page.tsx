import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { count } from '../../lib/format.ts';
import { NewsBar } from '../../ui/news.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { Badge } from './badge.tsx';
import { columns } from './columns.tsx';
import { toggled, useEntries } from './entries.ts';
import { Examples } from './examples.tsx';
import { ExportButton } from './export.tsx';
import { FacetBar } from './facets.tsx';

const filters = z.object({ q: z.string().max(4_000).default('') });

/** The record: a query, what it finds, how its values are spread, and whether it is as it was written. */
export function RecordPage() {
  const [{ q }, set] = useFilters(filters);
  const { query, entries, last } = useEntries(q);
  const looked = last ? last.size - last.lookedTo : 0;
  return (
    <Page
      title="Record"
      wide
      says={
        last
          ? `${count(entries.length)} shown of ${count(last.size)} entries${q === '' ? '' : `; ${count(looked)} were looked at`}.`
          : 'Everything that happened.'
      }
      actions={
        <>
          <Badge />
          <ExportButton query={q} />
        </>
      }
    >
      <SearchField label="Query" placeholder="verdict:deny since:24h person:j.rivera" value={q} onValue={(value) => set({ q: value })} />
      <NewsBar topic="record" />
      <div className="grid items-start gap-5 xl:grid-cols-[12rem_minmax(0,1fr)]">
        <FacetBar q={q} onFacet={(field, value) => set({ q: toggled(q, field, value) })} />
        <Loaded query={query}>
          {() => (
            <Card flush>
              <Table
                id="record"
                label="Entries, newest first"
                rows={entries}
                columns={columns}
                rowId={({ entry }) => String(entry)}
                to={({ entry, call }) => `/record/${call ?? entry}`}
                empty={<Examples q={q} onQuery={(value) => set({ q: value })} />}
              />
              <ShowMore query={query} label="Look further back" />
            </Card>
          )}
        </Loaded>
      </div>
    </Page>
  );
}
