import { useNavigate } from '@tanstack/react-router';
import { undoSummary } from '@trapkey/contract/api/undo.ts';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { usePost } from '../lib/queries.ts';
import { useHasRole } from '../lib/session.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextField } from './field.tsx';
import { useStepUp } from './step-up.tsx';
import { tellRefusal } from './toast.tsx';

/** Looks at what could be taken back, and changes nothing yet; for those who may take things back. */
export function UndoButton({ kind, id, size }: { readonly kind: 'batch' | 'run' | 'call'; readonly id: string; readonly size?: 'sm' }) {
  const may = useHasRole('operator', 'administrator');
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const navigate = useNavigate();
  const post = usePost('/api/undos', undoSummary, ['/api/undos']);
  const { guarded, dialog } = useStepUp();
  const look = async () => {
    try {
      const undo = await guarded(() => post.mutateAsync({ kind, id, reason }));
      if (undo) void navigate({ to: `/undos/${undo.id}` });
    } catch (error) {
      tellRefusal(error);
    }
  };
  if (!may) return null;
  return (
    <>
      <Button look="danger-quiet" {...(size && { size })} onClick={() => setOpen(true)}>
        <Undo2 aria-hidden size={14} /> Undo …
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={`Undo ${kind} ${id}`}
        says="First it looks at each change: what can be taken back, and what others changed since. Nothing is changed before you start it."
        foot={
          <Button look="primary" disabled={reason.trim() === ''} busy={post.isPending} onClick={() => void look()}>
            Look first
          </Button>
        }
      >
        <TextField label="Why" required value={reason} maxLength={500} onChange={({ target }) => setReason(target.value)} />
      </Dialog>
      {dialog}
    </>
  );
}
