import type { ListedTicket } from '@trapkey/contract/api/approvals.ts';
import { Check, Hand, Hourglass, Lock } from 'lucide-react';
import { plain } from '../../lib/format.ts';
import { Chip, StateChip } from '../../ui/chip.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { TierMark } from '../../ui/tier.tsx';
import { Time } from '../../ui/time.tsx';
import type { Line } from './grouped.ts';

const tierOrder: Readonly<Record<string, number>> = { low: 0, medium: 1, high: 2 };

/** What the list shows of a ticket. `onAlike` shows the others of a line's group. */
export function columnsOf(onAlike: (group: string) => void): readonly Column<Line>[] {
  return [
    {
      id: 'tier',
      header: 'Tier',
      width: '6rem',
      from: 'sm',
      cell: ({ ticket }) => <TierMark tier={ticket.tier} />,
      sortBy: ({ ticket }) => tierOrder[ticket.tier ?? 'high'] ?? 2,
    },
    {
      id: 'what',
      header: 'What would happen',
      main: true,
      cell: ({ ticket }) => <What ticket={ticket} />,
      beside: (line) => <Alike line={line} onAlike={onAlike} />,
      sortBy: ({ ticket }) => ticket.sentence,
    },
    {
      id: 'person',
      header: 'For',
      width: '12rem',
      startsHidden: true,
      cell: ({ ticket }) => plain(ticket.person),
      sortBy: ({ ticket }) => ticket.person,
    },
    {
      id: 'release',
      header: 'Plugin',
      width: '11rem',
      startsHidden: true,
      cell: ({ ticket }) => plain(ticket.release),
      sortBy: ({ ticket }) => ticket.release,
    },
    { id: 'you', header: 'You', width: '9rem', from: 'md', cell: ({ ticket }) => <You ticket={ticket} /> },
    {
      id: 'waits',
      header: 'Asked',
      width: '7rem',
      from: 'sm',
      cell: ({ ticket }) => <Time atMs={ticket.createdAtMs} inRow />,
      sortBy: ({ ticket }) => ticket.createdAtMs,
    },
    {
      id: 'expires',
      header: 'Expires',
      width: '7rem',
      from: 'xl',
      cell: ({ ticket }) => (ticket.state === 'held' || ticket.state === 'approved' ? <Time atMs={ticket.expiresAtMs} inRow /> : '—'),
      sortBy: ({ ticket }) => ticket.expiresAtMs,
    },
    { id: 'state', header: 'State', width: '8rem', cell: ({ ticket }) => <StateChip state={ticket.frozen ? 'frozen' : ticket.state} /> },
  ];
}

function What({ ticket }: { readonly ticket: ListedTicket }) {
  return (
    <>
      <span className="line-clamp-2 font-medium">{plain(ticket.sentence)}</span>
      <span className="mt-0.5 block truncate text-xs text-faint">
        {plain(ticket.person)} · {plain(ticket.release)}
      </span>
    </>
  );
}

function Alike({ line: { ticket, alike, orMore }, onAlike }: { readonly line: Line; readonly onAlike: (group: string) => void }) {
  if (alike === 0) return null;
  return (
    <button
      type="button"
      onClick={() => onAlike(ticket.group)}
      className="inline-flex h-6 items-center rounded-sm bg-still-ground px-1.5 text-xs font-medium text-still hover:text-ink"
    >
      +{alike} {orMore && 'or more '}alike
    </button>
  );
}

/** What whoever looks can do about it. */
function You({ ticket: { state, eligible, needs, approvals, standing } }: { readonly ticket: ListedTicket }) {
  if (state !== 'held') return null;
  if (eligible.may) {
    const more = needs - approvals.length;
    return (
      <Chip tone="note" icon={Check}>
        {more > 1 ? `You and ${more - 1} more` : 'You can decide'}
      </Chip>
    );
  }
  if (standing === 'asker') return <Chip icon={Hourglass}>You asked</Chip>;
  return (
    <Chip icon={standing === 'asked' ? Hand : Lock} {...(eligible.says !== undefined && { title: eligible.says })}>
      Not you
    </Chip>
  );
}
