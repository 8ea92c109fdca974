import { useMemo } from 'react';
import { useFilters } from '../../lib/filters.ts';
import { useHasRole } from '../../lib/session.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { NewsBar } from '../../ui/news.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { columnsOf } from './columns.tsx';
import { FilterBar } from './filter-bar.tsx';
import { Nothing, Says } from './says.tsx';
import { ticketFilter, useTickets } from './tickets.ts';

/** What waits for a person: the most urgent first. */
export function ApprovalsPage() {
  const [filters, set] = useFilters(ticketFilter);
  const { query, tickets, lines } = useTickets(filters);
  const decides = useHasRole('approver', 'operator', 'administrator', 'viewer', 'auditor');
  const waiting = filters.view === 'waiting';
  const filtered = [filters.tier, filters.person, filters.rule, filters.group].some((one) => one !== undefined);
  // The setter follows the address, and columns are made once for it.
  const columns = useMemo(() => columnsOf((group) => set({ group })), [set]);
  return (
    <Page
      title="Approvals"
      says={<Says tickets={waiting && query.data ? tickets : undefined} filtered={filtered} more={query.hasNextPage} />}
      actions={
        <>
          <ButtonLink to="/approvals/grants">Grants</ButtonLink>
          {decides && <ButtonLink to="/approvals/reviews">Reviews</ButtonLink>}
          {decides && <ButtonLink to="/approvals/quality">Quality</ButtonLink>}
        </>
      }
      wide
    >
      <FilterBar filters={filters} set={set} />
      <NewsBar topic="approvals" filtered={filtered || !waiting} />
      <Loaded query={query}>
        {() => (
          <Card flush>
            <Table
              id="approvals"
              label="Tickets"
              rows={lines}
              columns={columns}
              rowId={({ ticket }) => ticket.id}
              to={({ ticket }) => `/approvals/${ticket.id}`}
              empty={<Nothing waiting={waiting && !filtered} more={query.hasNextPage} />}
            />
            <ShowMore query={query} />
          </Card>
        )}
      </Loaded>
    </Page>
  );
}
