import { Link } from '@tanstack/react-router';
import type { ListedTicket } from '@trapkey/contract/api/approvals.ts';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';

/** Tickets of one's own calls. */
export function Tickets({
  title,
  tickets,
  none,
}: {
  readonly title: string;
  readonly tickets: readonly ListedTicket[];
  readonly none: string;
}) {
  return (
    <Card title={title} flush>
      {tickets.length === 0 ? (
        <p className="px-4 pb-4 text-sm text-soft">{none}</p>
      ) : (
        <ul className="divide-y divide-line border-t border-line text-sm">
          {tickets.map((one) => (
            <li key={one.id} className="px-4 py-2.5">
              <div className="flex items-center gap-2">
                <StateChip state={one.state} />
                <Link to={`/approvals/${one.id}`} className="inline-flex min-h-6 items-center font-medium hover:underline">
                  {one.connector}.{one.tool}
                </Link>
                <span className="ml-auto text-soft">
                  <Time atMs={one.createdAtMs} />
                </span>
              </div>
              <p className="mt-0.5 text-soft">{one.sentence}</p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
