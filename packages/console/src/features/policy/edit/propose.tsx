import { type PolicyDiff, policyActed } from '@trapkey/contract/api/policy.ts';
import { useState } from 'react';
import { z } from 'zod';
import { useFilters } from '../../../lib/filters.ts';
import { usePost } from '../../../lib/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';
import { useStepUp } from '../../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../../ui/toast.tsx';
import type { Draft } from '../draft.ts';
import { Changes } from './changes.tsx';

const noFilters = z.object({});

/** What is proposed, once more in words, and a note for whoever publishes it. */
export function ProposeDialog({
  draft,
  diff,
  onClose,
}: {
  readonly draft: Draft;
  readonly diff: PolicyDiff | null;
  readonly onClose: () => void;
}) {
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<string>();
  const [, set] = useFilters(noFilters);
  const post = usePost('/api/policy/propose', policyActed, ['/api/policy', '/api/home']);
  const { guarded, dialog } = useStepUp();
  const propose = async () => {
    try {
      const done = await guarded(() => post.mutateAsync({ files: draft.texts, note, running: draft.over }));
      if (!done) return;
      if (done.status !== 'proposed') return setProblem(done.says);
      tell('Proposed; it waits to be published');
      draft.discard();
      set({ tab: 'waiting' } as never);
    } catch (error) {
      tellRefusal(error);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      width="max-w-2xl"
      title="Propose this change"
      says="Nothing of it holds before it is published."
      foot={
        <>
          <Button onClick={onClose}>Go on writing</Button>
          <Button look="primary" busy={post.isPending} disabled={draft.stale} onClick={() => void propose()}>
            Propose
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <TextField
          label="Note"
          help="For whoever publishes it, and for the history."
          value={note}
          maxLength={500}
          problem={draft.stale ? 'Another policy was published meanwhile: close this, and look at what changed.' : problem}
          onChange={({ target }) => setNote(target.value)}
        />
        <Changes diff={diff} />
      </div>
      {dialog}
    </Dialog>
  );
}
