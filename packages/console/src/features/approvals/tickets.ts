import { approvalList } from '@trapkey/contract/api/approvals.ts';
import { useMemo } from 'react';
import { z } from 'zod';
import { useGetPages } from '../../lib/queries.ts';
import { useSession } from '../../lib/session.ts';
import { grouped, type Line } from './grouped.ts';

/** What the list is of, as it stands in the address. */
export const ticketFilter = z.object({
  view: z.enum(['waiting', 'mine', 'decided']).default('waiting'),
  tier: z.enum(['low', 'medium', 'high']).optional(),
  person: z.string().optional(),
  /** Only what this rule held. */
  rule: z.string().optional(),
  /** Only those alike: of one person, release and tool. */
  group: z.string().optional(),
});
export type TicketFilter = z.output<typeof ticketFilter>;

const open = ['held', 'approved', 'executing'];

/** The tickets of a filter, those alike as one line where they wait. */
export function useTickets({ view, tier, person: by, group, rule }: TicketFilter) {
  const { person } = useSession();
  const query = useGetPages('/api/approvals', approvalList, {
    topics: ['approvals'],
    query: {
      state: view === 'waiting' ? 'open' : 'all',
      sort: view === 'waiting' ? 'urgent' : undefined,
      tier,
      rule,
      person: view === 'mine' ? person : by,
    },
  });
  const { data } = query;
  const tickets = useMemo(() => {
    const all = data?.pages.flatMap((page) => page.tickets) ?? [];
    return view === 'decided' ? all.filter(({ state }) => !open.includes(state)) : all;
  }, [data, view]);
  const lines = useMemo((): readonly Line[] => {
    if (group === undefined && view === 'waiting') return grouped(tickets);
    return tickets.filter((one) => group === undefined || one.group === group).map((ticket) => ({ ticket, alike: 0 }));
  }, [tickets, group, view]);
  return { query, tickets, lines };
}
