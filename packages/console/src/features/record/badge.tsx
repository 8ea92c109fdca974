import { recordBadge } from '@trapkey/contract/api/record.ts';
import { ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import { useState } from 'react';
import { useGet, usePost } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Time } from '../../ui/time.tsx';
import { tellRefusal } from '../../ui/toast.tsx';

const shown = {
  ok: ['good', ShieldCheck, 'Intact'],
  damaged: ['bad', ShieldAlert, 'Damaged'],
  unknown: ['still', ShieldQuestion, 'Not looked at yet'],
} as const;

/** Whether the record is as it was written, as far as it was looked at. */
export function Badge() {
  const [open, setOpen] = useState(false);
  const query = useGet('/api/record/verify', recordBadge, { topics: ['record'] });
  const post = usePost('/api/record/verify', recordBadge, ['/api/record/verify']);
  const badge = query.data;
  if (!badge) return null;
  const [tone, icon, word] = shown[badge.state];
  return (
    <>
      <button type="button" onClick={() => setOpen(true)} className="inline-flex min-h-6 items-center">
        <Chip tone={tone} icon={icon}>
          {badge.looking ? 'Looking …' : badge.state === 'ok' ? `${word} to #${badge.to}` : word}
        </Chip>
      </button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Is the record as it was written?"
        says={badge.says}
        foot={
          <Button look="primary" busy={post.isPending || badge.looking} onClick={() => post.mutateAsync({}).catch(tellRefusal)}>
            Look at all of it
          </Button>
        }
      >
        {badge.atMs !== null && (
          <p className="text-sm text-soft">
            Looked at <Time atMs={badge.atMs} />.
          </p>
        )}
        {badge.findings.length > 0 && (
          <ul className="mt-2 list-disc space-y-1 pl-5 text-sm">
            {badge.findings.map(({ kind, from, to, says }) => (
              <li key={`${kind} ${from} ${to}`}>{says}</li>
            ))}
          </ul>
        )}
        <p className="mt-3 text-sm text-soft">
          Anybody can check an export without this console:{' '}
          <code className="font-mono text-xs">trapkey record verify --file export.jsonl</code>
        </p>
      </Dialog>
    </>
  );
}
