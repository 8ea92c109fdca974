import { batchSummary } from '@trapkey/contract/api/batches.ts';
import { useState } from 'react';
import { usePost } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { useStepUp } from '../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';

/** A person looked in the system and says whether an unknown change was made. */
export function Settle({ batch, n }: { readonly batch: string; readonly n: number }) {
  const [reason, setReason] = useState('');
  const post = usePost(`/api/batches/${batch}/settle`, batchSummary, ['/api/batches']);
  const { guarded, dialog } = useStepUp();
  const settle = async (as: 'done' | 'not_done') => {
    try {
      if (await guarded(() => post.mutateAsync({ n, as, reason }))) tell(`Change ${n} is settled`);
    } catch (error) {
      tellRefusal(error);
    }
  };
  return (
    <div className="mt-2 flex flex-wrap items-end gap-2">
      <div className="min-w-56 flex-1">
        <TextField label="How you know" value={reason} maxLength={500} onChange={({ target }) => setReason(target.value)} />
      </div>
      <Button disabled={reason.trim() === ''} busy={post.isPending} onClick={() => void settle('done')}>
        It was made
      </Button>
      <Button disabled={reason.trim() === ''} busy={post.isPending} onClick={() => void settle('not_done')}>
        It was not
      </Button>
      {dialog}
    </div>
  );
}
