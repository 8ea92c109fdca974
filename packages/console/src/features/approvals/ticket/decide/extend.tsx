import { useState } from 'react';
import { SelectField } from '../../../../ui/field.tsx';
import { useDecide } from './act.ts';
import type { DecideForm } from './form.ts';
import { Frame } from './frame.tsx';

const hourMs = 3_600_000;

/** Keeps it open for longer (WCAG 2.2.1): nobody has to decide against a clock. */
export function ExtendForm({ ticket, onDone, onLeave }: DecideForm) {
  const { decide, busy, dialog } = useDecide(ticket.id);
  const [hours, setHours] = useState('4');
  const commit = async () => {
    if (await decide({ decision: 'extend', by_ms: Number(hours) * hourMs }, 'Kept open for longer')) onDone();
  };
  return (
    <Frame title="I need more time" word="Keep it open" busy={busy} onCommit={() => void commit()} onLeave={onLeave}>
      <SelectField
        label="For another"
        value={hours}
        onChange={({ target }) => setHours(target.value)}
        options={[
          ['1', '1 hour'],
          ['4', '4 hours'],
          ['24', '1 day'],
          ['72', '3 days'],
        ]}
      />
      {dialog}
    </Frame>
  );
}
