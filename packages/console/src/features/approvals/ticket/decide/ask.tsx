import { useState } from 'react';
import { plain } from '../../../../lib/format.ts';
import { TextArea } from '../../../../ui/field.tsx';
import { useDecide } from './act.ts';
import type { DecideForm } from './form.ts';
import { Frame } from './frame.tsx';

/** Asks the person, never the agent. */
export function AskForm({ ticket, onDone, onLeave }: DecideForm) {
  const { decide, busy, dialog } = useDecide(ticket.id);
  const [text, setText] = useState('');
  const commit = async () => {
    if (await decide({ decision: 'ask', text }, 'Asked')) onDone();
  };
  return (
    <Frame title="Ask a question" word="Ask" busy={busy} ready={text.trim() !== ''} onCommit={() => void commit()} onLeave={onLeave}>
      <TextArea
        label={`Question to ${plain(ticket.person)}`}
        help="The agent never sees it."
        required
        maxLength={4_000}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      {dialog}
    </Frame>
  );
}
