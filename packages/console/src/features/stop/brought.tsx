import { Link } from '@tanstack/react-router';
import type { StopDetailShown } from '@trapkey/contract/api/stops.ts';
import { addressed } from '../../lib/address.ts';
import { count, many } from '../../lib/format.ts';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';

/** What a stop did: calls that it ended while they ran, whether they happened, and how many it refused since. */
export function Brought({ stop: { id, also, brought } }: { readonly stop: StopDetailShown }) {
  const { ended, refused, more } = brought;
  // Those of the same act are counted together.
  const refusals = [id, ...also.map((one) => one.id)].map((one) => `rule:stop/${one}`).join(' ');
  const unknown = ended.filter(({ outcome }) => outcome === 'unknown').length;
  return (
    <Card title="What it did" says={sentence(ended.length, unknown)} flush>
      {ended.length > 0 && (
        <ul className="divide-y divide-line border-t border-line text-sm">
          {ended.map(({ call, tool, release, atMs, outcome }) => (
            <li key={call} className="flex flex-wrap items-center justify-between gap-2 px-4 py-2.5">
              <span className="min-w-0">
                <Link {...addressed(`/record?q=call:${call}`)} className="font-medium text-accent hover:underline">
                  {tool}
                </Link>{' '}
                <span className="text-faint">of {release}</span>
              </span>
              <span className="flex items-center gap-2">
                <span className="text-xs text-faint">
                  <Time inRow atMs={atMs} />
                </span>
                <StateChip state={outcome} {...(outcome === 'unknown' && { says: 'Nobody knows whether it happened' })} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="border-t border-line px-4 py-2.5 text-sm text-soft">
        {refused === 0 ? (
          'No call was refused for it.'
        ) : (
          <>
            {more && 'At least '}
            <Link {...addressed(`/record?q=${encodeURIComponent(refusals)}`)} className="text-accent hover:underline">
              {count(refused)} {refused === 1 ? 'call was' : 'calls were'} refused
            </Link>{' '}
            for it.
          </>
        )}
      </p>
    </Card>
  );
}

function sentence(ended: number, unknown: number): string {
  if (ended === 0) return 'No call was under way when it began.';
  const says = `It ended ${many(ended, 'call')} that ${ended === 1 ? 'was' : 'were'} under way`;
  return unknown === 0
    ? `${says}.`
    : `${says}; of ${count(unknown)} somebody has to look whether ${unknown === 1 ? 'it' : 'they'} happened.`;
}
