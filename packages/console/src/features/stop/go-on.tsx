import { useState } from 'react';
import type { z } from 'zod';
import { usePost } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';

/** What is stopped goes on, for a reason that a person gives. */
export function GoOnDialog({
  path,
  answer,
  stale,
  title,
  says,
  leave,
  act,
  done,
  onClose,
}: {
  readonly path: string;
  readonly answer: z.ZodType;
  /** Addresses that are read again. */
  readonly stale: readonly string[];
  readonly title: string;
  readonly says: string;
  /** What the buttons say: leave it as it is, and do it. */
  readonly leave: string;
  readonly act: string;
  /** What is said when it was done. */
  readonly done: string;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const post = usePost(path, answer, stale);
  const send = () =>
    post
      .mutateAsync({ reason })
      .then(() => {
        tell(done);
        onClose();
      })
      .catch(tellRefusal);
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      says={says}
      foot={
        <>
          <Button onClick={onClose}>{leave}</Button>
          <Button look="primary" disabled={reason.trim() === ''} busy={post.isPending} onClick={() => void send()}>
            {act}
          </Button>
        </>
      }
    >
      <TextField label="Why it may go on" required value={reason} maxLength={4_000} onChange={({ target }) => setReason(target.value)} />
    </Dialog>
  );
}
