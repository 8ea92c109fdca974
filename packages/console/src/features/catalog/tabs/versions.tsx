import type { ReleaseDetailShown, ReleaseShown } from '@trapkey/contract/api/catalog.ts';
import { useState } from 'react';
import { count, many } from '../../../lib/format.ts';
import { useHasRole, useSession } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Chip, StateChip } from '../../../ui/chip.tsx';
import { Id } from '../../../ui/copy-link.tsx';
import { Card } from '../../../ui/page.tsx';
import { Time } from '../../../ui/time.tsx';
import { CloseDialog, type Closing, closings } from '../acts/close.tsx';
import { NoRelease } from '../no-release.tsx';
import type { Subject } from '../subject-data.ts';

/** Each release with its digest, how it stands, and what ends it or brings it back. */
export function VersionsTab({
  of,
  shown,
  detail,
  onVersion,
}: {
  readonly of: Subject;
  readonly shown: string | undefined;
  readonly detail: ReleaseDetailShown | undefined;
  readonly onVersion: (version: string) => void;
}) {
  const [closing, setClosing] = useState<{ readonly release: ReleaseShown; readonly what: Closing }>();
  const { person } = useSession();
  const administers = useHasRole('administrator');
  const may = administers || of.subject.owner.toLowerCase() === person.toLowerCase();
  if (of.releases.length === 0) return <NoRelease of={of} />;
  const tried = detail?.canary;
  return (
    <Card title="Versions" says="Newest first. A version is its files by digest: other files under the same version are kept out." flush>
      <ul className="divide-y divide-line border-t border-line">
        {of.releases.map((one) => (
          <li key={one.version} className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-3 text-sm">
            <StateChip state={one.state} />
            <h3 className="text-sm">{one.version}</h3>
            {one.current && <Chip tone="good">Current</Chip>}
            {one.version === shown && <Chip>Shown here</Chip>}
            <span className="ml-auto flex flex-wrap gap-2">
              {one.version !== shown && (
                <Button size="sm" onClick={() => onVersion(one.version)}>
                  Show
                </Button>
              )}
              {may &&
                closingsOf(one).map((what) => (
                  <Button
                    key={what}
                    size="sm"
                    look={what === 'revoke' ? 'danger-quiet' : 'plain'}
                    aria-label={`${closings[what].button} ${one.version}`}
                    onClick={() => setClosing({ release: one, what })}
                  >
                    {closings[what].button}
                  </Button>
                ))}
            </span>
            <span className="flex basis-full flex-wrap items-center gap-x-3 text-soft">
              <Id id={one.sourceDigest} />
              <span>
                proposed by {one.proposedBy} <Time atMs={one.proposedAtMs} />
              </span>
              {one.state !== 'proposed' && (
                <span>
                  {one.state} by {one.stateBy} <Time atMs={one.stateAtMs} />
                </span>
              )}
            </span>
            {one.state === 'canary' && tried?.version === one.version && (
              <p className="basis-full text-soft">
                Tried by {many(tried.people.length, 'named person', 'named people')} and {count(tried.share / 100)} % of all.
              </p>
            )}
          </li>
        ))}
      </ul>
      {closing && <CloseDialog {...closing} onClose={() => setClosing(undefined)} />}
    </Card>
  );
}

function closingsOf({ state, current }: ReleaseShown): readonly Closing[] {
  if (state === 'revoked') return [];
  return [
    ...((state === 'approved' || state === 'deprecated') && !current ? (['roll_back'] as const) : []),
    ...(state === 'approved' ? (['deprecate'] as const) : []),
    'revoke',
  ];
}
