import { useState } from 'react';
import { count } from '../../../../lib/format.ts';
import { Check, TextField } from '../../../../ui/field.tsx';
import { useDecide } from './act.ts';
import type { DecideForm } from './form.ts';
import { Frame } from './frame.tsx';
import { useSeen } from './seen.ts';

/** Approves exactly this, once. The high tier wants its number typed and a credential shown. */
export function ApproveForm({ ticket, onDone, onLeave, onNext }: DecideForm & { readonly onNext: () => void }) {
  const { decide, busy, dialog } = useDecide(ticket.id);
  const { seen, changed } = useSeen(ticket);
  const [confirm, setConfirm] = useState('');
  const [atOnce, setAtOnce] = useState(false);
  const [next, setNext] = useState(false);
  const wanted = ticket.confirm;
  const fits = wanted === null || confirm.replaceAll(/[\s,.'’]/g, '').toUpperCase() === wanted;
  const more = ticket.needs - ticket.approvals.length - 1;
  const commit = async () => {
    const done = await decide({
      decision: 'approve',
      seen,
      ...(wanted !== null && { confirm }),
      ...(atOnce && { runs: 'approval' }),
    });
    if (!done) return;
    onDone();
    if (next) onNext();
  };
  return (
    <Frame
      title="Approve"
      word={more > 0 ? `Approve, ${more} more after you` : 'Approve'}
      busy={busy}
      ready={fits}
      changed={changed}
      onCommit={() => void commit()}
      onLeave={onLeave}
    >
      {wanted !== null && (
        <TextField
          label={ticket.reach === null ? 'Type the last four characters of the ticket' : 'Type how many it reaches'}
          help={`${ticket.reach === null ? wanted : count(ticket.reach)}, to show that you read it`}
          inputMode={ticket.reach === null ? 'text' : 'numeric'}
          required
          maxLength={20}
          value={confirm}
          onChange={({ target }) => setConfirm(target.value)}
        />
      )}
      <Check label="Run at once, without waiting for the agent" checked={atOnce} onChange={({ target }) => setAtOnce(target.checked)} />
      <Check label="Then go to the next ticket" checked={next} onChange={({ target }) => setNext(target.checked)} />
      {ticket.stepUp && <p className="text-xs text-faint">High tier: you are asked for your passkey or code.</p>}
      {dialog}
    </Frame>
  );
}
