import { type BatchSummary, batchSummary } from '@trapkey/contract/api/batches.ts';
import { useState } from 'react';
import { count, many } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { useStepUp } from '../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';
import { useAct } from './act.ts';

/** Approves the whole, as it stood when the question was opened: what somebody marks meanwhile is seen first. */
export function ApproveButton({ batch }: { readonly batch: BatchSummary }) {
  const [seen, setSeen] = useState<Pick<BatchSummary, 'state' | 'wrong'>>();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const post = useAct(`/api/batches/${batch.id}`, batchSummary);
  const { guarded, dialog } = useStepUp();
  const returned = seen?.state === 'returned';
  const asksForMore = batch.tier === 'high' || returned;
  const approve = async () => {
    try {
      const confirm = asksForMore ? { confirm: typed } : {};
      if (!(await guarded(() => post.mutateAsync({ act: 'approve', body: { reason, seen, ...confirm } })))) return;
      tell(`Approved ${batch.id}`);
      setSeen(undefined);
    } catch (error) {
      tellRefusal(error);
    }
  };
  return (
    <>
      <Button
        look="primary"
        onClick={() => {
          setReason('');
          setTyped('');
          setSeen({ state: batch.state, wrong: batch.wrong });
        }}
      >
        Approve the whole …
      </Button>
      <Dialog
        open={seen !== undefined}
        onClose={() => setSeen(undefined)}
        title={returned ? 'Approve it all the same' : 'Approve the whole'}
        says={
          returned
            ? `${many(seen.wrong, 'change is', 'changes are')} marked wrong. What is wrong is made as it is.`
            : `${many(batch.changes, 'change')}.`
        }
        foot={
          <Button
            look={returned ? 'danger' : 'primary'}
            disabled={(returned && reason.trim() === '') || (asksForMore && typed.trim() === '')}
            busy={post.isPending}
            onClick={() => void approve()}
          >
            Approve
          </Button>
        }
      >
        <div className="flex flex-col gap-3">
          <TextField label="Why" required={returned} value={reason} maxLength={500} onChange={({ target }) => setReason(target.value)} />
          {asksForMore && (
            <TextField
              label={`Type how many changes it has, ${count(batch.changes)}`}
              required
              inputMode="numeric"
              autoComplete="off"
              maxLength={20}
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </div>
      </Dialog>
      {dialog}
    </>
  );
}
