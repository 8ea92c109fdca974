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

const states = { waiting: 'open', mine: 'all', decided: 'decided' } as const;

/** What of a group the gateway can be asked for: it is a person, a release and a tool, with a space between. */
function partsOf(group: string | undefined): { readonly person: string; readonly tool: string } | undefined {
  const words = group?.split(' ') ?? [];
  const tool = words.at(-1);
  return tool === undefined || words.length < 3 ? undefined : { person: words.slice(0, -2).join(' '), tool };
}

/** The tickets of a filter, those alike as one line where they wait. */
export function useTickets({ view, tier, person: by, group, rule }: TicketFilter) {
  const { person } = useSession();
  const alike = partsOf(group);
  const query = useGetPages('/api/approvals', approvalList, {
    topics: ['approvals'],
    query: {
      state: states[view],
      sort: view === 'waiting' ? 'urgent' : undefined,
      tier,
      rule,
      person: view === 'mine' ? person : (alike?.person ?? by),
      tool: alike?.tool,
    },
  });
  const { data, hasNextPage } = query;
  const tickets = useMemo(() => data?.pages.flatMap((page) => page.tickets) ?? [], [data]);
  const lines = useMemo((): readonly Line[] => {
    if (group === undefined && view === 'waiting') return grouped(tickets, hasNextPage);
    return tickets.filter((one) => group === undefined || one.group === group).map((ticket) => ({ ticket, alike: 0, orMore: false }));
  }, [tickets, group, view, hasNextPage]);
  return { query, tickets, lines };
}
