import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Handled } from '../kernel/handle.ts';
import { newId } from '../kernel/ids.ts';
import type { Sealed } from '../kernel/recorder.ts';
import type { Ruling } from '../kernel/stage.ts';
import type { TicketView } from '../kernel/call.ts';
import { type DecidedParts, decidedEntry } from './entries.ts';
import type { Frame } from './frame.ts';

/** Commits the ticket with `decided (hold)` in one transaction, before the client hears anything. */
export async function openTicket(
  frame: Frame,
  parts: DecidedParts,
  ruling: Ruling,
  written: { readonly requested: readonly EntryFields[]; readonly sealed: Sealed },
): Promise<Handled> {
  const id = newId('TK');
  let held: TicketView | undefined;
  const draft = { id, call: parts.known.call, facts: parts.known, ruling, sealedArguments: written.sealed.digest, sentence: ruling.says };
  const committed = await frame.recorder.commit({
    entries: written.requested,
    sealed: [written.sealed],
    steps: async (tx) => {
      const { ticket, existing } = await frame.tickets.open(tx, draft);
      held = ticket;
      const decided = decidedEntry(parts, { ...ruling, ticket: ticket.id });
      return { ok: true, entries: existing ? [decided] : [decided, { ...decided, kind: 'held' }] };
    },
  });
  if (committed.status !== 'committed' || !held) throw new Error('a ticket was neither opened nor found');
  return { kind: 'held', call: parts.known.call.id, ruling, ticket: held };
}
