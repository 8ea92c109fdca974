import type { ListedTicket } from '@trapkey/contract/api/approvals.ts';
import { Inbox } from 'lucide-react';
import { useMemo } from 'react';
import { useFilters } from '../../lib/filters.ts';
import { many } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { useHasRole } from '../../lib/session.ts';
import { span } from '../../lib/time.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { NewsBar } from '../../ui/news.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { columnsOf } from './columns.tsx';
import { FilterBar } from './filter-bar.tsx';
import { ticketFilter, useTickets } from './tickets.ts';

/** What waits for a person: the most urgent first. */
export function ApprovalsPage() {
  const [filters, set] = useFilters(ticketFilter);
  const { query, tickets, lines } = useTickets(filters);
  const decides = useHasRole('approver', 'operator', 'administrator', 'viewer', 'auditor');
  const waiting = filters.view === 'waiting';
  // The setter follows the address, and columns are made once for it.
  const columns = useMemo(() => columnsOf((group) => set({ group })), [set]);
  return (
    <Page
      title="Approvals"
      says={<Says tickets={waiting && query.data ? tickets : undefined} />}
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
      <NewsBar topic="approvals" />
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
              empty={
                <Empty icon={Inbox} title={waiting ? 'Nothing is waiting.' : 'There is no such ticket.'}>
                  {waiting ? 'What policy holds for a person appears here as it happens.' : 'Other filters may find some.'}
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

/** The one sentence: how much waits, for how long, and how much of it is yours. */
function Says({ tickets }: { readonly tickets: readonly ListedTicket[] | undefined }) {
  const now = useNow();
  if (tickets === undefined) return 'What agents asked for, and what became of it.';
  const held = tickets.filter(({ state }) => state === 'held');
  if (held.length === 0) return 'Nothing waits for a person.';
  const oldest = Math.min(...held.map(({ createdAtMs }) => createdAtMs));
  const yours = held.filter(({ eligible }) => eligible.may).length;
  const mine = yours === 0 ? 'None of them is for you.' : `You can decide ${yours === held.length ? 'each of them' : `${yours} of them`}.`;
  return `${many(held.length, 'call waits', 'calls wait')} for a person, the oldest for ${span(now - oldest)}. ${mine}`;
}
