import { Link } from '@tanstack/react-router';
import { type LimitTripShown, limitTrip } from '@trapkey/contract/api/limits.ts';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useHasRole, useSession } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { GoOnDialog } from './go-on.tsx';
import { amountText, modeWords } from './words.ts';

/** What tripped and is not reset, each with its reset. */
export function Trips({ trips }: { readonly trips: readonly LimitTripShown[] }) {
  const [resetting, setResetting] = useState<LimitTripShown>();
  const administrator = useHasRole('administrator');
  const { person } = useSession();
  return (
    <Card title="Tripped" flush>
      {trips.length === 0 ? (
        <Empty icon={ShieldCheck} title="No limit tripped">
          One that is used up stops what it stands on until a person resets it.
        </Empty>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {trips.map((one) => (
            <li key={one.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
              <StateChip state="stopped" says={modeWords[one.mode]} />
              <span className="font-medium">
                {one.measure.replaceAll('_', ' ')}: {one.text}
              </span>
              <span className="text-soft">{one.who}</span>
              {(administrator || one.owner.toLowerCase() === person.toLowerCase()) && (
                <Button size="sm" className="ml-auto" onClick={() => setResetting(one)}>
                  Reset
                </Button>
              )}
              <p className="flex basis-full flex-wrap gap-x-3 text-sm text-soft">
                <span>
                  {amountText(one.measure, one.used)} of {amountText(one.measure, one.max)} used, tripped <Time atMs={one.atMs} />
                </span>
                {one.rearmAtMs !== undefined && (
                  <span>
                    works again <Time atMs={one.rearmAtMs} />
                  </span>
                )}
                {one.call !== undefined && <To to={`/record/${one.call}`}>The call that met it</To>}
                {one.run !== undefined && <To to={`/runs/${one.run}`}>Its run</To>}
                {one.stop !== undefined && <To to={`/stop/${one.stop}`}>Its stop</To>}
                <span>{one.owner} or an administrator resets it</span>
              </p>
            </li>
          ))}
        </ul>
      )}
      {resetting && <ResetDialog trip={resetting} onClose={() => setResetting(undefined)} />}
    </Card>
  );
}

function To({ to, children }: { readonly to: string; readonly children: string }) {
  return (
    <Link to={to} className="text-accent hover:underline">
      {children}
    </Link>
  );
}

function ResetDialog({ trip, onClose }: { readonly trip: LimitTripShown; readonly onClose: () => void }) {
  return (
    <GoOnDialog
      path={`/api/limits/trips/${trip.id}/reset`}
      answer={limitTrip}
      stale={['/api/limits', '/api/stops', '/api/home']}
      title={`Reset ${trip.id}`}
      says="The count starts anew, and the stop that it engaged goes with it."
      leave="Leave it tripped"
      act="Reset"
      done={`Reset ${trip.id}: ${trip.who} goes on`}
      onClose={onClose}
    />
  );
}
