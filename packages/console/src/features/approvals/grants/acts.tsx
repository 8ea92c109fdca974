import { type GrantShown, grantShown } from '@trapkey/contract/api/grants.ts';
import { useState } from 'react';
import { usePost } from '../../../lib/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Card } from '../../../ui/page.tsx';
import { tell, tellRefusal } from '../../../ui/toast.tsx';

/** What a person does about a live grant: it may stay, or it ends at once. */
export function GrantActs({ grant: { id }, mayReview }: { readonly grant: GrantShown; readonly mayReview: boolean }) {
  const [reason, setReason] = useState('');
  const { mutateAsync, isPending } = usePost(`/api/grants/${id}/act`, grantShown, ['/api/grants']);
  const act = (body: object, says: string) =>
    mutateAsync(body)
      .then(() => tell(`${says}: ${id}`))
      .catch(tellRefusal);
  return (
    <Card title="What you do about it">
      <form
        aria-label="Revoke"
        onSubmit={(event) => {
          event.preventDefault();
          void act({ act: 'revoke', reason }, 'Revoked');
        }}
        className="flex flex-col gap-3"
      >
        {mayReview && (
          <Button busy={isPending} onClick={() => void act({ act: 'review' }, 'Reviewed')}>
            Reviewed: it may stay
          </Button>
        )}
        <TextField
          label="Why it ends"
          help="The next such call asks a person again."
          required
          maxLength={500}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
        <Button type="submit" look="danger" busy={isPending} disabled={reason.trim() === ''}>
          Revoke
        </Button>
      </form>
    </Card>
  );
}
