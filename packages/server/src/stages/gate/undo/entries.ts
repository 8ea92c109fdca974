import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { ProvenPerson } from '../../../kernel/approvals.ts';
import { rfc3339 } from '../../../kernel/clock.ts';
import { operatorOf } from './calls.ts';
import type { UndoRow } from './store.ts';

/** What happens to an undo as a whole. */
export type UndoAction = 'asked' | 'looked' | 'included' | 'started' | 'step' | 'paused' | 'resumed' | 'aborted' | 'ended' | 'reconciled';

/** An entry about an undo, as every change of its state leaves one. */
export function undoEntry(row: UndoRow, action: UndoAction, atMs: number, more: Partial<EntryFields> = {}): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    actor: 'trapkey',
    on_behalf_of: operatorOf(row).person,
    action: `undo.${action}`,
    subject: row.id,
    plugin: `${row.plugin}@${row.version}`,
    ...(row.run !== null && { run: row.run }),
    ...more,
  };
}

/** How an entry names the person who acted, and through what. */
export function actedBy(by: Pick<ProvenPerson, 'person'>, via: string): Partial<EntryFields> {
  return { actor: `trapkey-${via}`, on_behalf_of: by.person, assurance: { on_behalf_of: 'proved' } };
}
