import type { EntryFields } from '@trapkey/contract/entry.ts';
import { rfc3339 } from '../kernel/clock.ts';
import type { MessageRow } from './store.ts';

/** What became of a message. The address stays out of the ledger: it may be a person's. */
export function messageEntry(
  row: MessageRow,
  action: 'message.delivered' | 'message.given_up' | 'message.retried',
  atMs: number,
  act?: { readonly person: string; readonly via: string },
): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action,
    actor: act ? `trapkey-${act.via}` : 'trapkey',
    subject: row.id,
    detail: `${row.event} of ${row.about ?? row.ticket ?? 'nothing'} by ${row.channel.split(':')[0]}, after ${row.attempts} ${row.attempts === 1 ? 'try' : 'tries'}`,
    ...(row.ticket !== null && { ticket: row.ticket }),
    ...(act && { on_behalf_of: act.person, assurance: { on_behalf_of: 'proved' as const } }),
  };
}
