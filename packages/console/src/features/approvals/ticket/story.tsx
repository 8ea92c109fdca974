import { Link } from '@tanstack/react-router';
import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import type { ReactNode } from 'react';
import { count, plain } from '../../../lib/format.ts';
import { StateChip } from '../../../ui/chip.tsx';
import { Card } from '../../../ui/page.tsx';
import { Time } from '../../../ui/time.tsx';

interface Event {
  readonly key: string;
  readonly atMs: number;
  readonly says: ReactNode;
}

/** What happened to it so far, and its sister pieces. */
export function Story({ ticket }: { readonly ticket: TicketDetail }) {
  const events: readonly Event[] = [
    { key: 'held', atMs: ticket.createdAtMs, says: `Held for ${plain(ticket.person)}` },
    ...ticket.approvals.map(({ person, atMs, kind, inPlaceOf, reason }) => ({
      key: `approval ${person} ${atMs}`,
      atMs,
      says: `Approved by ${plain(person)}${kind === 'self' ? ', who asked for it' : ''}${kind === 'break-glass' ? ', alone, in an emergency' : ''}${inPlaceOf === undefined ? '' : `, in place of ${plain(inPlaceOf)}`}${reason === undefined ? '' : `: “${plain(reason)}”`}`,
    })),
    ...ticket.notes.map(({ id, atMs, person, kind, text }) => ({
      key: id,
      atMs,
      says: (
        <>
          {plain(person)} {{ question: 'asked', answer: 'answered', comment: 'wrote' }[kind]}: <q className="text-ink">{plain(text)}</q>
        </>
      ),
    })),
    ...(ticket.decidedAtMs === undefined || ticket.state === 'held'
      ? []
      : [
          {
            key: 'decided',
            atMs: ticket.decidedAtMs,
            says: (
              <>
                <StateChip state={ticket.state} />{' '}
                {ticket.decidedReason !== undefined && <q className="text-ink">{plain(ticket.decidedReason)}</q>}
              </>
            ),
          },
        ]),
  ];
  return (
    <Card title="What happened">
      <ol className="flex flex-col text-sm">
        {events
          .toSorted((a, b) => a.atMs - b.atMs)
          .map(({ key, atMs, says }) => (
            <li key={key} className="relative flex gap-3 border-l border-line-strong pb-3 pl-4 last:pb-0">
              <span aria-hidden className="absolute top-1.5 -left-[4.5px] size-2 rounded-full border border-line-strong bg-surface" />
              <span className="min-w-0 flex-1 text-soft">{says}</span>
              <span className="shrink-0 text-xs text-faint">
                <Time atMs={atMs} />
              </span>
            </li>
          ))}
      </ol>
      {ticket.pieces.length > 0 && (
        <p className="mt-3 flex flex-wrap items-center gap-2 border-t border-line pt-3 text-sm text-soft">
          Pieces of the same goal:
          {ticket.pieces.map(({ id, state, reach }) => (
            <Link key={id} to={`/approvals/${id}`} className="inline-flex min-h-6 items-center gap-1 hover:underline">
              <span className="font-mono text-xs">{id}</span> <StateChip state={state} /> {reach !== null && count(reach)}
            </Link>
          ))}
        </p>
      )}
    </Card>
  );
}
