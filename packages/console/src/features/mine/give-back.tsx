import { grantShown } from '@trapkey/contract/api/grants.ts';
import type { Mine } from '@trapkey/contract/api/mine.ts';
import { useState } from 'react';
import { usePost } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';

/** Ends a standing grant that is for oneself: from then on a person is asked again. */
export function GiveBack({ grant }: { readonly grant: Mine['grants'][number] }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const post = usePost(`/api/grants/${grant.id}/act`, grantShown, ['/api/mine', '/api/grants']);
  const what = `${grant.connector}.${grant.tool}`;
  const give = () =>
    post
      .mutateAsync({ act: 'revoke', reason })
      .then(() => tell(`${what} asks a person again`))
      .catch(tellRefusal);
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        Give back<span className="sr-only"> {what}</span>
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Give back ${what}`}
        says={`From then on a person is asked before ${what} runs for you. ${grant.owner} or an approver can grant it again.`}
        foot={
          <Button look="primary" disabled={reason.trim() === ''} busy={post.isPending} onClick={() => void give()}>
            Give back
          </Button>
        }
      >
        <TextField label="Why" required value={reason} maxLength={500} onChange={({ target }) => setReason(target.value)} />
      </Dialog>
    </>
  );
}
