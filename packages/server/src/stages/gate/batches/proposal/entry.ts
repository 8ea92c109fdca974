import type { EntryFields } from '@trapkey/contract/entry.ts';
import { rfc3339 } from '../../../../kernel/clock.ts';
import type { BatchRow } from './store.ts';

/** An entry about a batch, as every change of its state leaves one. */
export function batchEntry(row: BatchRow, action: string, atMs: number, more: Partial<EntryFields> = {}): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    actor: 'trapkey',
    action,
    subject: row.id,
    batch: row.id,
    on_behalf_of: row.person,
    plugin: `${row.plugin}@${row.version}`,
    run: row.run,
    reach: row.reach,
    count: row.changes,
    ...more,
  };
}
