import { useState } from 'react';
import { TextArea } from '../../../../ui/field.tsx';
import { useDecide } from './act.ts';
import type { DecideForm } from './form.ts';
import { Frame } from './frame.tsx';
import { useSeen } from './seen.ts';

/** Replaces what would be sent. It is decided anew, and somebody else must approve it too. */
export function EditForm({ ticket, onDone, onLeave }: DecideForm) {
  const { decide, busy, dialog } = useDecide(ticket.id);
  const { seen, changed } = useSeen(ticket);
  const [text, setText] = useState(() => JSON.stringify(ticket.payload?.arguments ?? {}, null, 2));
  const [problem, setProblem] = useState<string>();
  const commit = async () => {
    let args: unknown;
    try {
      args = JSON.parse(text);
    } catch (error) {
      setProblem(`That is no JSON: ${(error as Error).message}`);
      return;
    }
    setProblem(undefined);
    if (await decide({ decision: 'edit', seen, arguments: args }, 'Changed')) onDone();
  };
  if (ticket.payloadCut) {
    return (
      <p className="text-sm text-soft">
        It is too long to be changed here.{' '}
        <button type="button" className="underline" onClick={onLeave}>
          Back
        </button>
        , and approve a smaller part of it.
      </p>
    );
  }
  return (
    <Frame
      title="Change what would be sent"
      word="Save the change"
      busy={busy}
      changed={changed}
      onCommit={() => void commit()}
      onLeave={onLeave}
    >
      <TextArea
        label="Arguments, as JSON"
        help="The changed call is decided anew, earlier approvals end, and somebody else must approve it too."
        rows={12}
        spellCheck={false}
        className="font-mono text-xs"
        value={text}
        onChange={({ target }) => setText(target.value)}
        problem={problem}
      />
      {dialog}
    </Frame>
  );
}
