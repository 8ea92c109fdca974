import type { RefusedCall } from '@trapkey/contract/api/mine.ts';
import { useState } from 'react';
import { z } from 'zod';
import { usePost } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea } from '../../ui/field.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';

const opened = z.object({ id: z.string() });

/** Asks whoever owns the rule for access. */
export function AskDialog({ refused, onClose }: { readonly refused: RefusedCall; readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const post = usePost('/api/requests', opened, ['/api/mine']);
  const ask = () =>
    post
      .mutateAsync({ rule: refused.rule, call: refused.call, text })
      .then(() => {
        tell(`Asked ${refused.owner}`);
        onClose();
      })
      .catch(tellRefusal);
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Ask ${refused.owner}`}
      says={`About ${refused.connector}.${refused.tool}. They see the call, the rule and what you write.`}
      foot={
        <Button look="primary" disabled={text.trim() === ''} busy={post.isPending} onClick={() => void ask()}>
          Ask
        </Button>
      }
    >
      <TextArea label="What you need it for" required value={text} maxLength={4_000} onChange={({ target }) => setText(target.value)} />
    </Dialog>
  );
}
