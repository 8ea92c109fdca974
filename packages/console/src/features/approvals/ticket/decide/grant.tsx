import { useNavigate } from '@tanstack/react-router';
import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { grantShown } from '@trapkey/contract/api/grants.ts';
import { useState } from 'react';
import { plain } from '../../../../lib/format.ts';
import { usePost } from '../../../../lib/queries.ts';
import { Button } from '../../../../ui/button.tsx';
import { Check, TextArea } from '../../../../ui/field.tsx';
import { Card } from '../../../../ui/page.tsx';
import { useStepUp } from '../../../../ui/step-up.tsx';
import { tell, tellRefusal } from '../../../../ui/toast.tsx';
import { Frame } from './frame.tsx';
import { Numbers, type Terms, termsOf } from './grant-terms.tsx';

const dayMs = 86_400_000;

/** What whoever approved it can do besides: let the like of it run without asking, within bounds and for a time. */
export function MakeGrant({ ticket }: { readonly ticket: TicketDetail }) {
  const [open, setOpen] = useState(false);
  return (
    <Card title="Standing grant" says={open ? undefined : 'You approved this. Calls like it can run without asking, within bounds.'}>
      {open ? (
        <GrantForm ticket={ticket} onLeave={() => setOpen(false)} />
      ) : (
        <Button onClick={() => setOpen(true)}>Make a standing grant</Button>
      )}
    </Card>
  );
}

function GrantForm({ ticket, onLeave }: { readonly ticket: TicketDetail; readonly onLeave: () => void }) {
  const navigate = useNavigate();
  const { mutateAsync, isPending } = usePost('/api/grants', grantShown, ['/api/grants']);
  const { guarded, dialog } = useStepUp();
  const [terms, setTerms] = useState((): Terms => termsOf(ticket));
  const { bounds, reach, count, period, expires, because, everyone } = terms;
  const set = (change: Partial<Terms>) => setTerms({ ...terms, ...change });
  const fits = [count, ...(reach === '' ? [] : [reach])].every((typed) => /^[1-9][0-9]{0,8}$/.test(typed)) && because.trim() !== '';
  const commit = () =>
    guarded(() =>
      mutateAsync({
        ticket: ticket.id,
        ...(bounds.trim() !== '' && { bounds }),
        ...(reach !== '' && { reach_max: Number(reach) }),
        count: Number(count),
        ...(period !== '' && { period_ms: Number(period) * dayMs }),
        expires_in_ms: Number(expires) * dayMs,
        because,
        for_everyone: everyone,
      }),
    )
      .then((made) => {
        if (!made) return;
        tell(`Made ${made.id}`);
        void navigate({ to: `/approvals/grants/${made.id}` });
      })
      .catch(tellRefusal);
  return (
    <Frame title="Standing grant" word="Make the grant" busy={isPending} ready={fits} onCommit={() => void commit()} onLeave={onLeave}>
      <TextArea
        label="Only where"
        help="CEL over args, reach, amount, destination, person and now. As it stands it holds for exactly these arguments; empty means the same."
        rows={4}
        maxLength={4_096}
        spellCheck={false}
        className="font-mono text-xs"
        value={bounds}
        onChange={({ target }) => set({ bounds: target.value })}
      />
      <Numbers {...{ reach, count, period, expires, set }} />
      <TextArea
        label="Why"
        help="Whoever reviews the grant reads it."
        rows={2}
        required
        maxLength={500}
        value={because}
        onChange={({ target }) => set({ because: target.value })}
      />
      <Check
        label={`For whoever uses ${plain(ticket.release)}, not only ${plain(ticket.person)}`}
        checked={everyone}
        onChange={({ target }) => set({ everyone: target.checked })}
      />
      {dialog}
    </Frame>
  );
}
