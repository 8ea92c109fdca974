import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Handled } from '../kernel/handle.ts';
import { newId } from '../kernel/ids.ts';
import type { Sealed } from '../kernel/recorder.ts';
import type { Ruling } from '../kernel/stage.ts';
import type { Opened } from '../kernel/tickets.ts';
import { commitDecision } from './commit.ts';
import { type DecidedParts, decidedEntry } from './entries.ts';
import type { Frame } from './frame.ts';

/**
 * Commits the ticket with `decided (hold)` in one transaction, before the client hears anything. `moved`: another
 * process decided a ticket of this call that the decision did not know of.
 */
export async function openTicket(
  frame: Frame,
  parts: DecidedParts,
  ruling: Ruling,
  written: { readonly requested: readonly EntryFields[]; readonly sealed: Sealed },
): Promise<Handled | 'moved'> {
  const { call } = parts.known;
  const draft = {
    id: newId('TK'),
    call,
    facts: parts.known,
    ruling,
    sealedArguments: written.sealed.digest,
    sentence: ruling.says,
    policy: parts.policy,
  };
  let opened: Opened | undefined;
  const committed = await commitDecision(frame, parts.known, {
    entries: written.requested,
    sealed: [written.sealed],
    steps: async (tx) => {
      opened = await frame.tickets.open(tx, draft);
      if ('moved' in opened) return { ok: false, conflict: opened.moved };
      const decided = decidedEntry(parts, { ...ruling, ticket: opened.ticket.id });
      return { ok: true, entries: [...opened.entries, decided, ...(opened.existing ? [] : [{ ...decided, kind: 'held' as const }])] };
    },
  });
  if (committed.status === 'conflict') return 'moved';
  if (committed.status !== 'committed' || !opened || 'moved' in opened) throw new Error('a ticket was neither opened nor found');
  return { kind: 'held', call: call.id, ruling: { ...ruling, says: opened.ticket.sentence }, ticket: opened.ticket };
}
