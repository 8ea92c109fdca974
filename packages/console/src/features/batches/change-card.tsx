import { type BatchChange, batchSummary } from '@trapkey/contract/api/batches.ts';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { usePost } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Chip, StateChip } from '../../ui/chip.tsx';
import { TextField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';
import { Diff } from './diff.tsx';

/** One change as a person marks it: what was there, what would be, right or wrong. */
export function ChangeCard({
  batch,
  change,
  mayMark,
}: {
  readonly batch: string;
  readonly change: BatchChange;
  readonly mayMark: boolean;
}) {
  const [wrong, setWrong] = useState(false);
  const [note, setNote] = useState('');
  const post = usePost(`/api/batches/${batch}/mark`, batchSummary, [`/api/batches`]);
  const mark = (as: 'right' | 'wrong') =>
    post
      .mutateAsync({ n: change.n, mark: as, note: as === 'wrong' ? note : '' })
      .then(() => tell(`Change ${change.n} is marked ${as}`))
      .catch(tellRefusal);
  return (
    <Card>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <span className="text-xs text-faint">
          {change.drawn === null ? `change ${change.n}` : `drawn ${change.drawn}, change ${change.n}`}
        </span>
        <h3 className="text-base">
          {change.connector}.{change.tool}
        </h3>
        {change.shown_because !== null && <Chip tone="note">{change.shown_because}</Chip>}
        {change.lists.map((list) => (
          <Chip key={list} tone="bad">
            on {list}
          </Chip>
        ))}
        {change.mark !== null && (
          <span className="ml-auto">
            <StateChip state={change.mark === 'right' ? 'done' : 'failed'} says={`${change.mark}, by ${change.marked_by ?? 'somebody'}`} />
          </span>
        )}
      </div>
      <Diff change={change} />
      {change.note !== null && change.note !== '' && <p className="mt-2 text-sm">“{change.note}”</p>}
      {mayMark && change.mark === null && (
        <div className="mt-3 flex flex-col gap-2">
          {wrong && (
            <TextField
              label="What is wrong"
              help="The agent and the owner read it. One wrong change returns the whole batch."
              value={note}
              maxLength={500}
              onChange={({ target }) => setNote(target.value)}
            />
          )}
          <div className="flex gap-2">
            {!wrong && (
              <Button look="primary" size="lg" busy={post.isPending} onClick={() => void mark('right')}>
                <Check aria-hidden size={16} /> Right
              </Button>
            )}
            <Button
              look={wrong ? 'danger' : 'danger-quiet'}
              size="lg"
              busy={post.isPending}
              disabled={wrong && note.trim() === ''}
              onClick={() => (wrong ? void mark('wrong') : setWrong(true))}
            >
              <X aria-hidden size={16} /> Wrong
            </Button>
          </div>
        </div>
      )}
    </Card>
  );
}
