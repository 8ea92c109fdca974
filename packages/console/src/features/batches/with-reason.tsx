import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';

/** An act that needs a person's own words: it asks for them first. `act` resolves to whether it was done. */
export function WithReason({
  label,
  says,
  busy,
  size,
  act,
}: {
  readonly label: string;
  readonly says: string;
  readonly busy: boolean;
  readonly size?: 'sm';
  readonly act: (reason: string) => Promise<boolean>;
}) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const done = async () => {
    if (!(await act(reason))) return;
    setOpen(false);
    setReason('');
  };
  return (
    <>
      <Button look="danger-quiet" {...(size && { size })} onClick={() => setOpen(true)}>
        {label} …
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={label}
        says={says}
        foot={
          <Button look="danger" disabled={reason.trim() === ''} busy={busy} onClick={() => void done()}>
            {label}
          </Button>
        }
      >
        <TextField label="Why" required value={reason} maxLength={500} onChange={({ target }) => setReason(target.value)} />
      </Dialog>
    </>
  );
}
