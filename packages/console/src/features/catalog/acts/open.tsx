import type { ReleaseDetailShown } from '@trapkey/contract/api/catalog.ts';
import { Rocket } from 'lucide-react';
import { useState } from 'react';
import { useHasRole } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Card } from '../../../ui/page.tsx';
import { useAct } from './act.ts';

/** What opens a release to some people or to all, once nothing is missing and its changes were looked at. */
export function OpenCard({
  release,
  looked,
  onChanges,
}: {
  readonly release: ReleaseDetailShown;
  readonly looked: boolean;
  readonly onChanges: () => void;
}) {
  const [trying, setTrying] = useState(false);
  const [note, setNote] = useState('');
  const { act, busy, dialog } = useAct(release);
  const may = useHasRole('administrator');
  const { state, missing, version, sourceDigest } = release;
  if (state !== 'in review' && state !== 'canary') return null;
  const ready = missing.length === 0;
  return (
    <Card title="Open it to people" says={ready ? 'The review is complete.' : 'Not yet: something of the review is missing.'}>
      {!ready && (
        <ul className="mb-3 list-disc space-y-1 pl-5 text-sm text-soft">
          {missing.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      {!may && <p className="text-sm text-soft">An administrator who did not propose it opens it.</p>}
      {may && ready && !looked && (
        <p className="mb-3 text-sm text-soft">
          What it changes was not looked at by you.{' '}
          <button type="button" className="font-medium text-accent underline" onClick={onChanges}>
            Look at the changes
          </button>
        </p>
      )}
      {may && (
        <div className="flex flex-col gap-3">
          <TextField label="Note" value={note} maxLength={4_000} onChange={({ target }) => setNote(target.value)} />
          <div className="flex flex-wrap gap-2">
            <Button
              look="primary"
              disabled={!ready || !looked}
              busy={busy}
              onClick={() => void act({ act: 'approve', reason: note }, `${version} is approved, and current`)}
            >
              Approve for everybody
            </Button>
            <Button disabled={!ready || !looked} onClick={() => setTrying(true)}>
              <Rocket aria-hidden size={14} /> Let some try it
            </Button>
          </div>
          <p className="text-xs text-faint">
            It binds <span className="font-mono">{sourceDigest.slice(0, 19)}</span>, and nothing else.
          </p>
        </div>
      )}
      {trying && <CanaryDialog release={release} onClose={() => setTrying(false)} />}
      {dialog}
    </Card>
  );
}

function CanaryDialog({ release, onClose }: { readonly release: ReleaseDetailShown; readonly onClose: () => void }) {
  const [people, setPeople] = useState('');
  const [share, setShare] = useState('0');
  const { act, busy, dialog } = useAct(release);
  const percent = Number(share.replace(',', '.'));
  const named = people.split(/[\s,]+/).filter(Boolean);
  const wrong = !(percent >= 0 && percent <= 100) || (named.length === 0 && percent === 0);
  const open = async () => {
    const body = { act: 'canary', people: named, share: percent, reason: '' };
    if (await act(body, `${release.version} is tried by some`)) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Let some try ${release.version}`}
      says="The others stay on what is current. The share is the same people each time."
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button look="primary" busy={busy} disabled={wrong} onClick={() => void open()}>
            Let them try it
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TextField label="People" help="Apart by spaces or commas" value={people} onChange={({ target }) => setPeople(target.value)} />
        <TextField label="Share of all, in per cent" inputMode="decimal" value={share} onChange={({ target }) => setShare(target.value)} />
      </div>
      {dialog}
    </Dialog>
  );
}
