import { Link } from '@tanstack/react-router';
import type { BatchProposal } from '@trapkey/contract/api/batches.ts';
import { count, many } from '../../lib/format.ts';
import { Card, Facts } from '../../ui/page.tsx';
import { Distribution } from './distribution.tsx';
import { BatchState } from './state.tsx';

/** The whole in numbers: how far it reaches, and how its values are spread. */
export function Proposal({ proposal }: { readonly proposal: BatchProposal }) {
  const { reach, destinations, fields, lists, duplicates, conflicts, unreadable } = proposal;
  return (
    <div className="flex flex-col gap-5">
      <Card title="How far it reaches">
        <Facts
          facts={[
            ['Records', count(reach.records)],
            ['People', count(reach.people)],
            ...(reach.unknown > 0 ? ([['Not counted', many(reach.unknown, 'change')]] as const) : []),
            ['Destinations', destinations.map(({ value, count: times }) => `${value} ${count(times)}`).join(', ') || 'none'],
            [
              'Same record twice',
              duplicates.changes === 0 ? 'none' : `${many(duplicates.changes, 'change')} to ${many(duplicates.records, 'record')}`,
            ],
            ...(unreadable > 0 ? ([['Cannot be opened', many(unreadable, 'change')]] as const) : []),
          ]}
        />
        {lists.length > 0 && (
          <ul className="mt-3 space-y-1 text-sm text-bad">
            {lists.map(({ list, changes, examples }) => (
              <li key={list}>
                {many(changes, 'change is', 'changes are')} on {list}: {examples.map((n) => `#${n}`).join(', ')}
              </li>
            ))}
          </ul>
        )}
      </Card>
      {conflicts.length > 0 && (
        <Card title="Others change the same records">
          <ul className="space-y-1 text-sm">
            {conflicts.map(({ batch, state, person, records }) => (
              <li key={batch} className="flex flex-wrap items-center gap-2">
                <Link to={`/batches/${batch}`} className="inline-flex min-h-6 items-center font-medium hover:underline">
                  {batch}
                </Link>
                <BatchState state={state} /> {many(records, 'record')}, by {person}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {fields.map((field) => (
        <Distribution key={`${field.tool} ${field.field}`} field={field} />
      ))}
    </div>
  );
}
