import { useState } from 'react';
import { Check } from '../../../../ui/field.tsx';
import { useDecide } from './act.ts';
import { ConfirmField, useConfirm } from './confirm.tsx';
import type { DecideForm } from './form.ts';
import { Frame } from './frame.tsx';
import { useSeen } from './seen.ts';

/** Approves exactly this, once. The high tier wants its number typed and a credential shown. */
export function ApproveForm({ ticket, onDone, onLeave, onNext }: DecideForm & { readonly onNext: () => void }) {
  const { decide, busy, dialog } = useDecide(ticket.id);
  const { seen, changed } = useSeen(ticket);
  const { typed, setTyped, fits } = useConfirm(ticket);
  const [atOnce, setAtOnce] = useState(false);
  const [next, setNext] = useState(false);
  const more = ticket.needs - ticket.approvals.length - 1;
  const commit = async () => {
    const done = await decide({
      decision: 'approve',
      seen,
      ...(ticket.confirm !== null && { confirm: typed }),
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
      <ConfirmField ticket={ticket} typed={typed} onTyped={setTyped} />
      <Check label="Run at once, without waiting for the agent" checked={atOnce} onChange={({ target }) => setAtOnce(target.checked)} />
      <Check label="Then go to the next ticket" checked={next} onChange={({ target }) => setNext(target.checked)} />
      {ticket.stepUp && <p className="text-xs text-faint">High tier: you are asked for your passkey or code.</p>}
      {dialog}
    </Frame>
  );
}
