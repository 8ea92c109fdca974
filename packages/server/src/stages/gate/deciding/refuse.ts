import type { Approvals } from '../../../kernel/approvals.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { Stops } from '../../../kernel/stops.ts';
import { approvalText } from '../approved-by.ts';
import { askedOf } from '../view.ts';
import { authorise, stillOpen } from './authorise.ts';
import { actedBy, commitChange, type Deciding, noSuchTicket, wordsOf } from './commit.ts';
import { askedText, identity } from './people.ts';

/** One refusal ends a ticket, whoever approved it before; with it the run, where the person says so. */
export function refuser(parts: Deciding & { readonly stops: Pick<Stops, 'engage'> | undefined }): Approvals['refuse'] {
  return async ({ ticket, by, via, reason, stopRun }) => {
    const words = wordsOf(reason);
    if (words === '')
      throw new UserError('A reason is needed: the agent and its person are told it. Nothing was changed.', 'Add `--reason "…"`.');
    // The stop first: of a crash in between, nothing is left that could run.
    if (stopRun) await stopRunOf(parts, ticket, by, words);
    return await commitChange(parts, ticket, (row, atMs) => {
      const seat = authorise(parts.policy(), row, by, atMs);
      return {
        change: { state: 'refused', decided_at_ms: atMs, decided_reason: words },
        kind: 'refused',
        entry: { ...actedBy(by, via), approval: approvalText([{ ...seat, atMs }]) ?? null, reason: words },
        tells: 'refused',
        more: { by: seat.person, text: words },
      };
    });
  };
}

async function stopRunOf(
  parts: Parameters<typeof refuser>[0],
  ticket: string,
  by: Parameters<Approvals['refuse']>[0]['by'],
  reason: string,
): Promise<void> {
  const row = await parts.store.byId(ticket);
  if (!row) throw noSuchTicket(ticket);
  const seat = authorise(parts.policy(), row, by, parts.clock());
  if (!parts.stops) throw new UserError('Runs cannot be stopped from here. Nothing was changed.', `Use \`trapkey stop run:${row.run}\`.`);
  const scope = { kind: 'run', id: row.run, person: row.person, release: `${row.plugin}@${row.version}` } as const;
  await parts.stops.engage({ scope, mode: 'full', by: { person: seat.person, assurance: 'proved' }, reason });
}

/** The person who asked takes it back, also after it was approved. */
export function withdrawer(parts: Deciding): Approvals['withdraw'] {
  return async ({ ticket, by, via, reason }) =>
    await commitChange(parts, ticket, (row, atMs) => {
      const policy = parts.policy();
      const person = identity(policy, by.person);
      if (person !== identity(policy, row.person))
        throw new UserError(
          `Only ${row.person}, who asked for it, can withdraw ticket ${row.id}. Nothing was changed.`,
          `Who is asked (${askedText(askedOf(row))}) can refuse it.`,
        );
      stillOpen(row, atMs, ['held', 'approved']);
      const words = wordsOf(reason ?? '');
      return {
        from: ['held', 'approved'],
        change: { state: 'withdrawn', decided_at_ms: atMs },
        kind: 'withdrawn',
        entry: {
          actor: `trapkey-${via}`,
          detail: 'withdrawn by the person who asked',
          ...(words !== '' && { reason: words }),
          assurance: { on_behalf_of: 'proved' },
        },
        tells: 'withdrawn',
        more: { by: person, ...(words !== '' && { text: words }) },
      };
    });
}
