import { type AlertShown, alert as alertSchema } from '@trapkey/contract/api/alerts.ts';
import { useState } from 'react';
import { usePost } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';

const done = { acknowledge: 'It is counted on, and nobody is told again', resolve: 'Resolved', mute: 'Muted' } as const;

/** What a person does about an alert, with a reason. */
export function Acts({ alert }: { readonly alert: AlertShown }) {
  const [reason, setReason] = useState('');
  const [lasts, setLasts] = useState('8h');
  const post = usePost(`/api/alerts/${alert.id}/act`, alertSchema, ['/api/alerts', '/api/home']);
  const act = (what: keyof typeof done) =>
    post
      .mutateAsync({ act: what, reason, ...(what === 'mute' && { for: lasts }) })
      .then(() => {
        tell(done[what]);
        setReason('');
      })
      .catch(tellRefusal);
  const may = reason.trim() !== '' && !post.isPending;
  return (
    <Card title="What you do about it" says="The next time it happens a resolved alert opens again.">
      <div className="flex flex-col gap-3">
        <TextField label="Why" required value={reason} maxLength={2_000} onChange={({ target }) => setReason(target.value)} />
        <div className="flex flex-wrap gap-2">
          {alert.state === 'open' && (
            <Button look="primary" disabled={!may} onClick={() => void act('acknowledge')}>
              I am at it
            </Button>
          )}
          <Button disabled={!may} onClick={() => void act('resolve')}>
            Resolve
          </Button>
        </div>
        <div className="flex items-end gap-2 border-t border-line pt-3">
          <SelectField
            label="Tell nobody for"
            value={lasts}
            options={[
              ['30m', '30 minutes'],
              ['8h', '8 hours'],
              ['7d', '7 days'],
            ]}
            onChange={({ target }) => setLasts(target.value)}
          />
          <Button disabled={!may} onClick={() => void act('mute')}>
            Mute
          </Button>
        </div>
      </div>
    </Card>
  );
}
