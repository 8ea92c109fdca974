import { Link } from '@tanstack/react-router';
import type { BlastActionShown } from '@trapkey/contract/api/blast.ts';
import { Scissors } from 'lucide-react';
import { addressed } from '../../lib/address.ts';
import { many } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { Time } from '../../ui/time.tsx';
import { usedLately } from './used.ts';

/** How often a plugin used an action; where it did not of late, the way to take it away. */
export function Use({ action }: { readonly action: BlastActionShown }) {
  const { used, place, connector, tool } = action;
  const lately = usedLately(action, useNow());
  if (used === undefined) return null;
  return (
    <>
      {used === null ? (
        <span className="text-soft">Never</span>
      ) : (
        <span className={lately ? undefined : 'text-soft'}>
          {many(used.calls, 'call')}, last <Time inRow atMs={used.last_at_ms} />
        </span>
      )}
      {!lately && place && (
        <Link
          {...addressed(`/policy?file=${encodeURIComponent(place.file)}&line=${place.line}&side=calls`)}
          aria-label={`Trim ${connector}.${tool}: open its rule in policy`}
          className="ml-2 inline-flex min-h-6 items-center gap-1 text-accent hover:underline"
        >
          <Scissors aria-hidden size={13} /> Trim
        </Link>
      )}
    </>
  );
}
