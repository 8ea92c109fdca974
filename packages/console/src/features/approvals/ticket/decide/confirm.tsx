import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { useState } from 'react';
import { count } from '../../../../lib/format.ts';
import { TextField } from '../../../../ui/field.tsx';

/** What of a high tier has to be typed, and whether it was. */
export function useConfirm({ confirm }: Pick<TicketDetail, 'confirm'>) {
  const [typed, setTyped] = useState('');
  return { typed, setTyped, fits: confirm === null || typed.replaceAll(/[\s,.'’]/g, '').toUpperCase() === confirm };
}

/** The field for it; nothing where nothing has to be typed. */
export function ConfirmField({
  ticket: { confirm, reach },
  typed,
  onTyped,
}: {
  readonly ticket: Pick<TicketDetail, 'confirm' | 'reach'>;
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
}) {
  if (confirm === null) return null;
  return (
    <TextField
      label={reach === null ? 'Type the last four characters of the ticket' : 'Type how many it reaches'}
      help={`${reach === null ? confirm : count(reach)}, to show that you read it`}
      inputMode={reach === null ? 'text' : 'numeric'}
      required
      maxLength={20}
      value={typed}
      onChange={({ target }) => onTyped(target.value)}
    />
  );
}
