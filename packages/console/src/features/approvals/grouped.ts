import type { ListedTicket } from '@trapkey/contract/api/approvals.ts';

/** One line of the list: a ticket, and how many more of the same person, release and tool it stands for. */
export interface Line {
  readonly ticket: ListedTicket;
  readonly alike: number;
  /** More of them may be among those that are not read yet. */
  readonly orMore: boolean;
}

/** The first of each group in the order of the list, with how many more there are. */
export function grouped(tickets: readonly ListedTicket[], orMore: boolean): readonly Line[] {
  const sizes = new Map<string, number>();
  for (const { group } of tickets) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const shown = new Set<string>();
  return tickets.flatMap((ticket) => {
    if (shown.has(ticket.group)) return [];
    shown.add(ticket.group);
    return [{ ticket, alike: (sizes.get(ticket.group) ?? 1) - 1, orMore }];
  });
}
