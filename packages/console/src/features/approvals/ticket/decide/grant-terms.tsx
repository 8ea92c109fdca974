import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { boundsOf } from '@trapkey/contract/bounds.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { SelectField, TextField } from '../../../../ui/field.tsx';

/** What a grant is made with, as it is typed. */
export interface Terms {
  readonly bounds: string;
  readonly reach: string;
  readonly count: string;
  readonly period: string;
  readonly expires: string;
  readonly because: string;
  readonly everyone: boolean;
}

/** How often, how long and how far. */
export function Numbers({
  reach,
  count,
  period,
  expires,
  set,
}: Omit<Terms, 'bounds' | 'because' | 'everyone'> & { readonly set: (change: Partial<Terms>) => void }) {
  return (
    <div className="grid grid-cols-2 gap-3">
      <TextField
        label="How often"
        inputMode="numeric"
        required
        maxLength={6}
        value={count}
        onChange={({ target }) => set({ count: target.value })}
      />
      <SelectField
        label="In which time"
        value={period}
        onChange={({ target }) => set({ period: target.value })}
        options={[
          ['', 'its whole life'],
          ['1', 'a day'],
          ['7', 'a week'],
          ['30', '30 days'],
        ]}
      />
      <TextField
        label="Each reaches at most"
        inputMode="numeric"
        maxLength={9}
        value={reach}
        onChange={({ target }) => set({ reach: target.value })}
      />
      <SelectField
        label="Ends after"
        value={expires}
        onChange={({ target }) => set({ expires: target.value })}
        options={[
          ['1', '1 day'],
          ['7', '7 days'],
          ['30', '30 days'],
          ['90', '90 days'],
        ]}
      />
    </div>
  );
}

/** Where the form begins: what the ticket had, a few times, for a week. */
export function termsOf({ payload, payloadCut, reach }: TicketDetail): Terms {
  const args = payload?.arguments;
  const shown = !payloadCut && typeof args === 'object' && args !== null && !Array.isArray(args);
  const bounds = shown ? boundsOf(args as JsonObject) : '';
  const own = { bounds: bounds.length > 4_096 ? '' : bounds, reach: reach === null ? '' : String(reach) };
  return { ...own, count: '5', period: '', expires: '7', because: '', everyone: false };
}
