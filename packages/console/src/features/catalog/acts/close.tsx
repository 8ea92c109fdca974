import type { ReleaseShown } from '@trapkey/contract/api/catalog.ts';
import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';
import { useAct } from './act.ts';

/** What narrows, each with what it does. */
export const closings = {
  roll_back: {
    button: 'Make current',
    title: 'Make it current again',
    says: 'Everybody has it from their next call on. A release that is tried goes back to its review.',
    done: 'is current again',
  },
  deprecate: {
    button: 'Deprecate',
    title: 'Deprecate it',
    says: 'It may still be used where it is current; something should take its place.',
    done: 'is deprecated',
  },
  revoke: {
    button: 'Revoke',
    title: 'Revoke it for good',
    says: 'It is refused from the next call on, its tokens end, and it does not come back. What was good before is current again.',
    done: 'is revoked',
  },
} as const;
export type Closing = keyof typeof closings;

/** Asks why, and does it. */
export function CloseDialog({
  release,
  what,
  onClose,
}: {
  readonly release: ReleaseShown;
  readonly what: Closing;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const { act, busy, dialog } = useAct(release);
  const { button, title, says, done } = closings[what];
  const go = async () => {
    if (await act({ act: what, reason }, `${release.id} ${release.version} ${done}`)) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${title}: ${release.version}`}
      says={says}
      foot={
        <>
          <Button onClick={onClose}>Leave it as it is</Button>
          <Button look={what === 'revoke' ? 'danger' : 'primary'} busy={busy} disabled={reason.trim() === ''} onClick={() => void go()}>
            {button}
          </Button>
        </>
      }
    >
      <TextField label="Why" required value={reason} maxLength={4_000} onChange={({ target }) => setReason(target.value)} />
      {dialog}
    </Dialog>
  );
}
