import { type SessionList, sessionEnded } from '@trapkey/contract/api/session.ts';
import { useState } from 'react';
import { usePost } from '../../lib/queries.ts';
import { useSession } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';

/** Ends a session, one's own or somebody else's: what it still wants is refused from then on. */
export function EndSession({ session: { id, person } }: { readonly session: SessionList['sessions'][number] }) {
  const [open, setOpen] = useState(false);
  const own = useSession().id === id;
  const post = usePost(`/api/sessions/${id}/revoke`, sessionEnded, own ? ['/api/session'] : ['/api/sessions']);
  const end = () =>
    post
      .mutateAsync({})
      .then(() => {
        setOpen(false);
        tell(`Ended a session of ${person}`);
      })
      .catch(tellRefusal);
  return (
    // Above the link that all of its row is.
    <span className="relative z-10">
      <Button size="sm" look="danger-quiet" onClick={() => setOpen(true)}>
        {own ? 'Sign out' : 'Revoke'}
        <span className="sr-only">
          {' '}
          {person} {id}
        </span>
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={own ? 'Sign out here' : `Revoke a session of ${person}`}
        says={`${own ? 'You' : person} can sign in again. To keep somebody out, take their roles or mark them inactive in the directory.`}
        foot={
          <Button look="danger" busy={post.isPending} onClick={() => void end()}>
            {own ? 'Sign out' : 'Revoke'}
          </Button>
        }
      >
        <p className="font-mono text-xs text-faint">{id}</p>
      </Dialog>
    </span>
  );
}
