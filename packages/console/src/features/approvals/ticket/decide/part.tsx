import { useState } from 'react';
import { count } from '../../../../lib/format.ts';
import { SelectField, TextField } from '../../../../ui/field.tsx';
import { useDecide } from './act.ts';
import type { DecideForm } from './form.ts';
import { Frame } from './frame.tsx';
import { useSeen } from './seen.ts';

/** Cuts a list down and approves what is left: a new frozen payload, decided again from the top. */
export function PartForm({ ticket, onDone, onLeave }: DecideForm) {
  const { decide, busy, dialog } = useDecide(ticket.id);
  const { seen, changed } = useSeen(ticket);
  const [argument, setArgument] = useState(ticket.lists[0]?.argument ?? '');
  const list = ticket.lists.find((one) => one.argument === argument);
  const [first, setFirst] = useState(String(Math.min(50, Math.max(1, (list?.length ?? 1) - 1))));
  const size = Number(first);
  const fits = Number.isInteger(size) && size >= 1 && size < (list?.length ?? 0);
  const commit = async () => {
    if (await decide({ decision: 'part', seen, part: { argument, first: size } }, 'Approved a smaller part')) onDone();
  };
  return (
    <Frame
      title="Approve a smaller part"
      word={fits ? `Approve the first ${count(size)}` : 'Approve'}
      busy={busy}
      ready={fits}
      changed={changed}
      onCommit={() => void commit()}
      onLeave={onLeave}
    >
      {ticket.lists.length > 1 && (
        <SelectField
          label="Of which list"
          value={argument}
          onChange={({ target }) => setArgument(target.value)}
          options={ticket.lists.map((one) => [one.argument, `${one.argument} (${count(one.length)})`])}
        />
      )}
      <TextField
        label="Only the first"
        help={`of ${count(list?.length ?? 0)} in ${argument}`}
        inputMode="numeric"
        required
        maxLength={12}
        value={first}
        onChange={({ target }) => setFirst(target.value)}
      />
      {dialog}
    </Frame>
  );
}
