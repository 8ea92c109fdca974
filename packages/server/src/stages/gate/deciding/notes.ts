import { randomUUID } from 'node:crypto';
import type { Approvals, TicketNote } from '../../../kernel/approvals.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { TicketRow } from '../store.ts';
import { authorise, stillOpen } from './authorise.ts';
import { commitChange, type Deciding, wordsOf } from './commit.ts';
import { identity } from './people.ts';
import { insertNote } from './store.ts';

const noteCharactersMax = 4_000;

/** A question goes to the person who asked, never to the agent. */
export function asker(parts: Deciding): Approvals['ask'] {
  return async ({ ticket, by, via, text }) =>
    await note(parts, { ticket, via, text, kind: 'question' }, (row, atMs) => authorise(parts.policy(), row, by, atMs).person);
}

/** The answer of the person who asked for the call. */
export function answerer(parts: Deciding): Approvals['answer'] {
  return async ({ ticket, by, via, text }) =>
    await note(parts, { ticket, via, text, kind: 'answer' }, (row, atMs) => {
      const person = identity(parts.policy(), by.person);
      if (person !== identity(parts.policy(), row.person))
        throw new UserError(`Questions on ticket ${row.id} go to ${row.person}, who asked for it. Nothing was changed.`);
      stillOpen(row, atMs);
      return person;
    });
}

interface Noting {
  readonly ticket: string;
  readonly via: string;
  readonly text: string;
  readonly kind: 'question' | 'answer';
}

/** Free text stays out of the ledger: the entry says that somebody wrote, the note what. */
async function note(
  parts: Deciding,
  { ticket, via, text, kind }: Noting,
  by: (row: TicketRow, atMs: number) => string,
): Promise<TicketNote> {
  const words = wordsOf(text, noteCharactersMax);
  if (words === '') throw new UserError('Write something. Nothing was changed.');
  let written: TicketNote | undefined;
  await commitChange(parts, ticket, (row, atMs) => {
    const person = by(row, atMs);
    const made: TicketNote = { id: randomUUID(), atMs, person, kind, text: words };
    return {
      // A note changes nothing that was decided.
      change: { state: 'held' },
      kind: 'admin',
      entry: {
        actor: `trapkey-${via}`,
        action: `ticket.${kind}`,
        subject: row.id,
        on_behalf_of: person,
        assurance: { on_behalf_of: 'proved' },
      },
      tells: kind === 'question' ? 'asked' : 'answered',
      more: { by: person, text: words },
      also: async (tx) => {
        written = await insertNote(tx, row.id, made);
        return [];
      },
    };
  });
  if (!written) throw new Error('a note was neither written nor refused');
  return written;
}
