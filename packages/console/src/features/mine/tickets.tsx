import { Link } from '@tanstack/react-router';
import type { ListedTicket } from '@trapkey/contract/api/approvals.ts';
import { listed, many, nameOf, plain } from '../../lib/format.ts';
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
              {(one.state === 'held' || one.state === 'approved') && (
                <p className="mt-0.5 text-soft">
                  {whoDecides(one)} It expires <Time atMs={one.expiresAtMs} />.
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Who is asked, who approved already, and whom that went on to. */
function whoDecides({ state, frozen, asked, needs, approvals, escalatedTo = [] }: ListedTicket): string {
  if (frozen) return `${frozen.says}; nobody can decide it until that is released.`;
  const by = approvals.length === 0 ? '' : `; ${listed(approvals.map(({ person }) => plain(person)))} approved`;
  if (state === 'approved')
    return `Approved${by === '' ? '' : ` by ${listed(approvals.map(({ person }) => plain(person)))}`}; it runs when your agent asks again.`;
  const on = escalatedTo.length === 0 ? '' : ` It went on to ${listed(escalatedTo.map(nameOf).map(plain))}.`;
  return `${many(needs, 'person', 'people')} of ${listed(asked.map(nameOf).map(plain))} ${needs === 1 ? 'decides' : 'decide'}${by}.${on}`;
}
