import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { Siren } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../../ui/button.tsx';
import { TextArea } from '../../../../ui/field.tsx';
import { Card } from '../../../../ui/page.tsx';
import { useDecide } from './act.ts';
import { ConfirmField, useConfirm } from './confirm.tsx';
import { Frame } from './frame.tsx';
import { useSeen } from './seen.ts';

/** For the few whom policy names: lets it run alone, loudly, and somebody else looks at it afterwards. */
export function BreakGlass({ ticket }: { readonly ticket: TicketDetail }) {
  const [open, setOpen] = useState(false);
  return (
    <Card title="In an emergency">
      {open ? (
        <GlassForm ticket={ticket} onLeave={() => setOpen(false)} />
      ) : (
        <div className="flex flex-col gap-3">
          <p className="text-sm text-soft">
            You may let it run alone. Everybody who was asked is told at once, and somebody else reviews it.
          </p>
          <Button look="danger-quiet" onClick={() => setOpen(true)}>
            <Siren aria-hidden size={15} /> Break the glass
          </Button>
        </div>
      )}
    </Card>
  );
}

function GlassForm({ ticket, onLeave }: { readonly ticket: TicketDetail; readonly onLeave: () => void }) {
  const { decide, busy, dialog } = useDecide(ticket.id);
  const { seen, changed } = useSeen(ticket);
  const { typed, setTyped, fits } = useConfirm(ticket);
  const [reason, setReason] = useState('');
  const commit = async () => {
    const confirm = ticket.confirm === null ? {} : { confirm: typed };
    if (await decide({ decision: 'break_glass', seen, reason, ...confirm }, 'You broke the glass')) onLeave();
  };
  return (
    <Frame
      title="Break the glass"
      word="Let it run alone"
      look="danger"
      busy={busy}
      ready={fits && reason.trim() !== ''}
      changed={changed}
      onCommit={() => void commit()}
      onLeave={onLeave}
    >
      <p className="text-sm text-soft">
        It may run once, within 15 minutes. It is written down as break-glass, told to everybody who was asked, and stays an alert until
        somebody who neither let it run nor asked for it has looked at it.
      </p>
      <TextArea
        label="Why it cannot wait"
        help="Kept in the record, and read by whoever reviews it."
        required
        maxLength={2_000}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
      <ConfirmField ticket={ticket} typed={typed} onTyped={setTyped} />
      {dialog}
    </Frame>
  );
}
