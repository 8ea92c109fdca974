import { Link } from '@tanstack/react-router';
import { type BlastActionShown, usedLately } from '@trapkey/contract/api/blast.ts';
import { Scissors } from 'lucide-react';
import { addressed } from '../../lib/address.ts';
import { listed, many } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { Time } from '../../ui/time.tsx';

/**
 * How often a plugin used an action; where nobody did of late, the way to take it away. A rule of a connector is everybody's who
 * has it: where others use the action, they are named instead.
 */
export function Use({
  action,
  others,
  shortly,
}: {
  readonly action: BlastActionShown;
  /** Other plugins that used it of late. */
  readonly others: readonly string[];
  /** Uses are counted for less than what counts as of late. */
  readonly shortly: boolean;
}) {
  const { used, place, connector, tool } = action;
  const lately = usedLately(action, useNow());
  if (used === undefined) return null;
  return (
    <span className="flex flex-wrap items-baseline gap-x-2">
      {used === null ? (
        <span className="text-soft">{shortly ? 'Not yet' : 'Never'}</span>
      ) : (
        <span className={lately ? undefined : 'text-soft'}>
          {many(used.calls, 'call')}, last <Time inRow atMs={used.last_at_ms} />
        </span>
      )}
      {!lately && others.length > 0 && (
        <span className="text-faint">
          {listed(others)} {others.length === 1 ? 'uses' : 'use'} it
        </span>
      )}
      {!lately && others.length === 0 && place && (
        <Link
          {...addressed(`/policy?file=${encodeURIComponent(place.file)}&line=${place.line}&side=calls`)}
          aria-label={`Trim ${connector}.${tool}: open its rule in policy`}
          className="inline-flex min-h-6 items-baseline gap-1 text-accent hover:underline"
        >
          <Scissors aria-hidden size={13} className="self-center" /> Trim
        </Link>
      )}
    </span>
  );
}
