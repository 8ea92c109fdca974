import { Link } from '@tanstack/react-router';
import { type StopList, type StopShown, stopReleased } from '@trapkey/contract/api/stops.ts';
import { OctagonX, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useHasRole } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { GoOnDialog } from './go-on.tsx';
import { modeWords, scopeText } from './words.ts';

/** The stops in force, each with its release. */
export function InForce({ list: { stops, unreadable } }: { readonly list: StopList }) {
  const [releasing, setReleasing] = useState<StopShown>();
  const mayRelease = useHasRole('administrator');
  return (
    <Card title="In force" flush>
      {unreadable && (
        <div role="alert" className="mx-4 mb-3 flex items-start gap-2 rounded-lg border border-line bg-bad-ground p-3 text-sm">
          <OctagonX aria-hidden size={16} className="mt-0.5 shrink-0 text-bad" />
          <p>
            The gateway cannot read what is stopped. Until it can, it refuses every call, as if everything were stopped.
            {stops.length > 0 && ' What it read last:'}
          </p>
        </div>
      )}
      {unreadable && stops.length === 0 ? null : stops.length === 0 ? (
        <Empty icon={ShieldCheck} title="Nothing is stopped">
          Agents work as policy lets them.
        </Empty>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {stops.map((one) => (
            <li key={one.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
              <StateChip state="stopped" says={modeWords[one.mode]} />
              <Link to={`/stop/${one.id}`} className="inline-flex min-h-6 items-center font-medium hover:underline">
                {scopeText(one.scope)}
              </Link>
              {mayRelease && (
                <Button size="sm" className="ml-auto" onClick={() => setReleasing(one)}>
                  Release
                </Button>
              )}
              <p className="basis-full text-sm text-soft">
                “{one.reason}” · {one.by}, <Time atMs={one.atMs} />
                {one.untilMs !== undefined && (
                  <>
                    {' · ends '}
                    <Time atMs={one.untilMs} />
                  </>
                )}
              </p>
            </li>
          ))}
        </ul>
      )}
      {releasing && <ReleaseDialog stop={releasing} onClose={() => setReleasing(undefined)} />}
    </Card>
  );
}

/** Ends a stop, with a reason. */
export function ReleaseDialog({ stop, onClose }: { readonly stop: StopShown; readonly onClose: () => void }) {
  return (
    <GoOnDialog
      path={`/api/stops/${stop.id}/release`}
      answer={stopReleased}
      stale={['/api/stops', '/api/home']}
      title={`Release ${scopeText(stop.scope)}`}
      says="What it covers may run again, decided by policy as before. Held tickets go on where they stood."
      leave="Leave it stopped"
      act="Release"
      done={`Released ${scopeText(stop.scope)}`}
      onClose={onClose}
    />
  );
}
