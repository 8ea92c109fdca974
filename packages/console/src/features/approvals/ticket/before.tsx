import { Link } from '@tanstack/react-router';
import { approvalList, type TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { addressed } from '../../../lib/address.ts';
import { plain } from '../../../lib/format.ts';
import { useGet } from '../../../lib/queries.ts';
import { StateChip } from '../../../ui/chip.tsx';
import { Card } from '../../../ui/page.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';

const shownMax = 5;
const open = ['held', 'approved', 'executing'];

/** What became of what this person's agents asked for before, as far as whoever looks may see it. */
export function Before({ ticket: { id, person } }: { readonly ticket: TicketDetail }) {
  const query = useGet('/api/approvals', approvalList, { query: { state: 'all', person, max: 25 } });
  return (
    <Card title={`Asked for ${plain(person)} before`}>
      <Loaded query={query} rows={2}>
        {({ tickets }) => {
          const decided = tickets.filter((one) => one.id !== id && !open.includes(one.state)).slice(0, shownMax);
          if (decided.length === 0) return <p className="text-sm text-soft">Nothing was decided before.</p>;
          return (
            <ul className="flex flex-col gap-2 text-sm">
              {decided.map((one) => (
                <li key={one.id} className="flex flex-col">
                  <Link to={`/approvals/${one.id}`} className="line-clamp-2 min-h-6 hover:underline">
                    {plain(one.sentence)}
                  </Link>
                  <span className="flex items-center gap-2 text-xs text-faint">
                    <StateChip state={one.state} /> <Time atMs={one.decidedAtMs ?? one.createdAtMs} inRow />
                  </span>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
      <Link
        {...addressed(`/approvals?view=decided&person=${encodeURIComponent(person)}`)}
        className="mt-2 inline-flex min-h-6 items-center text-sm text-accent hover:underline"
      >
        All of them
      </Link>
    </Card>
  );
}
