import { BellOff, CloudOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useLiveState } from '../lib/live.ts';
import { useUpgraded } from '../lib/session.ts';
import { Button } from '../ui/button.tsx';
import { Time } from '../ui/time.tsx';

/** Says when the gateway is lost, and for a moment that it is back. What is shown meanwhile may be old. */
export function ConnectionBanner() {
  const { state, lostAtMs } = useLiveState();
  const upgraded = useUpgraded();
  const wasLost = useRef(false);
  const [back, setBack] = useState(false);
  useEffect(() => {
    if (state === 'lost') {
      wasLost.current = true;
      setBack(false);
      return undefined;
    }
    if (state !== 'live' || !wasLost.current) return undefined;
    wasLost.current = false;
    setBack(true);
    const timer = setTimeout(() => setBack(false), 6_000);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <div role="status">
      {upgraded && (
        <p className="flex flex-wrap items-center gap-3 border-b border-line bg-note-ground px-4 py-2 text-sm text-note sm:px-8">
          The gateway was upgraded.
          <Button size="sm" onClick={() => location.reload()}>
            Load this page anew
          </Button>
        </p>
      )}
      {state === 'lost' && (
        <p className="flex flex-wrap items-center gap-x-2 border-b border-line bg-bad-ground px-4 py-2 text-sm text-bad sm:px-8">
          <CloudOff aria-hidden size={15} />
          <strong className="font-semibold">The gateway does not answer.</strong>
          <span>
            What is shown is as of {lostAtMs === undefined ? 'a moment' : <Time atMs={lostAtMs} inRow />}. It is tried again by itself.
          </span>
        </p>
      )}
      {state === 'unheard' && (
        <p className="flex flex-wrap items-center gap-x-2 border-b border-line bg-wait-ground px-4 py-2 text-sm text-wait sm:px-8">
          <BellOff aria-hidden size={15} />
          <strong className="font-semibold">This page is not told what happens.</strong>
          <span>It asks every ten seconds instead. Too many pages of yours may be open: close some.</span>
        </p>
      )}
      {back && (
        <p className="border-b border-line bg-good-ground px-4 py-2 text-sm text-good sm:px-8">
          The gateway is back. Everything shown is up to date.
        </p>
      )}
    </div>
  );
}
