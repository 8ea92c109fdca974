import { useState } from 'react';
import { Check, TextArea } from '../../../../ui/field.tsx';
import { useDecide } from './act.ts';
import type { DecideForm } from './form.ts';
import { Frame } from './frame.tsx';

const reasons = ['Too many recipients', 'Wrong content', 'Not needed', 'Looks injected', 'Ask me first'];

/** Refuses, with a reason that the agent and its person read. */
export function RefuseForm({ ticket, onDone, onLeave }: DecideForm) {
  const { decide, busy, dialog } = useDecide(ticket.id);
  const [reason, setReason] = useState('');
  const [stop, setStop] = useState(false);
  const commit = async () => {
    if (await decide({ decision: 'refuse', reason, stop_run: stop })) onDone();
  };
  return (
    <Frame
      title="Refuse"
      word={stop ? 'Refuse and stop the run' : 'Refuse'}
      look="danger"
      busy={busy}
      ready={reason.trim() !== ''}
      onCommit={() => void commit()}
      onLeave={onLeave}
    >
      <TextArea
        label="Why"
        help="The agent and its person read it."
        required
        maxLength={2_000}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
      <div className="flex flex-wrap gap-1.5">
        {reasons.map((one) => (
          <button
            key={one}
            type="button"
            onClick={() => setReason(one)}
            className="inline-flex h-6 items-center rounded-full border border-line-strong px-2.5 text-xs text-soft hover:bg-hover hover:text-ink"
          >
            {one}
          </button>
        ))}
      </div>
      <Check label="Stop the whole run too" checked={stop} onChange={({ target }) => setStop(target.checked)} />
      {dialog}
    </Frame>
  );
}
