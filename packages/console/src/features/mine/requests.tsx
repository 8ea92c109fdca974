import type { Mine } from '@trapkey/contract/api/mine.ts';
import { useState } from 'react';
import { z } from 'zod';
import { usePost } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { StateChip } from '../../ui/chip.tsx';
import { TextField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';

/** Wishes for access: one's own, and those that wait for one's answer. */
export function Requests({ requests, toAnswer }: Pick<Mine, 'requests' | 'toAnswer'>) {
  return (
    <Card title="Requests" flush>
      {requests.length + toAnswer.length === 0 && (
        <p className="px-4 pb-4 text-sm text-soft">You asked for nothing, and nobody asks you.</p>
      )}
      <ul className="divide-y divide-line border-t border-line text-sm">
        {toAnswer.map((one) => (
          <li key={one.id} className="px-4 py-3">
            <p>
              {one.person} asks about {one.rule}: “{one.text}”
            </p>
            <Answer request={one.id} />
          </li>
        ))}
        {requests.map((one) => (
          <li key={one.id} className="px-4 py-2.5">
            <p className="flex items-center gap-2">
              <StateChip
                state={one.state === 'open' ? 'held' : 'done'}
                says={one.state === 'open' ? `Waits for ${one.owner}` : 'Answered'}
              />
              {one.rule}
            </p>
            <p className="mt-0.5 text-soft">“{one.text}”</p>
            {one.answer !== undefined && (
              <p className="mt-0.5">
                {one.answeredBy}: “{one.answer}”
              </p>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const answered = z.object({ id: z.string() });

function Answer({ request }: { readonly request: string }) {
  const [text, setText] = useState('');
  const post = usePost(`/api/requests/${request}/answer`, answered, ['/api/mine']);
  const answer = () =>
    post
      .mutateAsync({ answer: text })
      .then(() => tell('Answered'))
      .catch(tellRefusal);
  return (
    <div className="mt-2 flex items-end gap-2">
      <div className="flex-1">
        <TextField label="Your answer" value={text} maxLength={4_000} onChange={({ target }) => setText(target.value)} />
      </div>
      <Button disabled={text.trim() === ''} busy={post.isPending} onClick={() => void answer()}>
        Answer
      </Button>
    </div>
  );
}
