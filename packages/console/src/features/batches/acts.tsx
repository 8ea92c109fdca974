import { type BatchDetail, batchSummary } from '@trapkey/contract/api/batches.ts';
import { useState } from 'react';
import { listed, many } from '../../lib/format.ts';
import { useHasRole } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { useStepUp } from '../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';
import { UndoButton } from '../../ui/undo-button.tsx';
import { useAct } from './act.ts';
import { ApproveButton } from './approve.tsx';

type Act = 'refuse' | 'apply' | 'pause' | 'resume' | 'abort';
const words: Readonly<Record<Act, readonly [button: string, done: string, needsReason: boolean]>> = {
  refuse: ['Refuse', 'Refused', true],
  apply: ['Apply', 'Applying', false],
  pause: ['Pause', 'Paused', true],
  resume: ['Go on', 'Going on', false],
  abort: ['Abort', 'Aborted', true],
};
const possible: Readonly<Record<string, readonly Act[]>> = {
  proposed: ['refuse'],
  returned: ['refuse'],
  ready: ['apply', 'refuse'],
  applying: ['pause', 'abort'],
  paused: ['resume', 'abort'],
};

/** What a person may do with the batch now; the server decides whether they may. */
export function Acts({ detail }: { readonly detail: BatchDetail }) {
  const { batch, eligible, waits_for, approvable } = detail;
  const [reason, setReason] = useState('');
  const post = useAct(`/api/batches/${batch.id}`, batchSummary);
  const { guarded, dialog } = useStepUp();
  const operates = useHasRole('operator', 'administrator');
  const acts = possible[batch.state] ?? [];
  const undoable = operates && ['applied', 'aborted', 'paused'].includes(batch.state) && batch.progress.done > 0;
  if (acts.length === 0 && !undoable) return null;
  const act = async (name: Act) => {
    const [, done, needsReason] = words[name];
    try {
      const sent = await guarded(() => post.mutateAsync({ act: name, body: needsReason ? { reason } : {} }));
      if (!sent) return;
      tell(`${done} ${batch.id}`);
      setReason('');
    } catch (error) {
      tellRefusal(error);
    }
  };
  const who = eligible.may ? (waits_for ?? '') : eligible.says;
  return (
    <Card title="What you can do" says={who}>
      {batch.needs > 0 && (
        <p className="mb-3 text-sm text-soft">
          {many(batch.approvals.length, 'approval')} of {batch.needs} by {listed(batch.asked)}.
        </p>
      )}
      {acts.some((name) => words[name][2]) && (
        <TextField label="Why" value={reason} maxLength={500} onChange={({ target }) => setReason(target.value)} />
      )}
      <div className="mt-3 flex flex-wrap gap-2">
        {approvable && <ApproveButton batch={batch} />}
        {acts.map((name, at) => (
          <Button
            key={name}
            look={name === 'abort' || name === 'refuse' ? 'danger-quiet' : at === 0 && !approvable ? 'primary' : 'plain'}
            busy={post.isPending}
            disabled={words[name][2] && reason.trim() === ''}
            onClick={() => void act(name)}
          >
            {words[name][0]}
          </Button>
        ))}
        {undoable && <UndoButton kind="batch" id={batch.id} />}
      </div>
      {dialog}
    </Card>
  );
}
