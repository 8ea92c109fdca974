import { batchSummary } from '@trapkey/contract/api/batches.ts';
import { undoSummary } from '@trapkey/contract/api/undo.ts';
import { useState } from 'react';
import type { z } from 'zod';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { useStepUp } from '../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';
import { useAct } from './act.ts';

/** A person looked in the system and says whether an unknown change was made. */
export function Settle({ batch, n }: { readonly batch: string; readonly n: number }) {
  return <Looked base={`/api/batches/${batch}`} schema={batchSummary} n={n} words={['It was made', 'It was not']} />;
}

/** The same of a change that was to be taken back. */
export function SettleUndo({ undo, n }: { readonly undo: string; readonly n: number }) {
  return <Looked base={`/api/undos/${undo}`} schema={undoSummary} n={n} words={['It was taken back', 'It was not']} />;
}

function Looked<T>({
  base,
  schema,
  n,
  words: [done, notDone],
}: {
  readonly base: string;
  readonly schema: z.ZodType<T>;
  readonly n: number;
  readonly words: readonly [done: string, notDone: string];
}) {
  const [reason, setReason] = useState('');
  const post = useAct(base, schema);
  const { guarded, dialog } = useStepUp();
  const settle = async (as: 'done' | 'not_done') => {
    try {
      if (await guarded(() => post.mutateAsync({ act: 'settle', body: { n, as, reason } }))) tell(`Change ${n} is settled`);
    } catch (error) {
      tellRefusal(error);
    }
  };
  return (
    <div className="mt-2 flex w-full flex-wrap items-end gap-2">
      <div className="min-w-56 flex-1">
        <TextField label="How you know" value={reason} maxLength={500} onChange={({ target }) => setReason(target.value)} />
      </div>
      <Button disabled={reason.trim() === ''} busy={post.isPending} onClick={() => void settle('done')}>
        {done}
      </Button>
      <Button disabled={reason.trim() === ''} busy={post.isPending} onClick={() => void settle('not_done')}>
        {notDone}
      </Button>
      {dialog}
    </div>
  );
}
