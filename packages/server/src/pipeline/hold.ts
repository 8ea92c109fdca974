import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Tiered } from '../kernel/facts.ts';
import type { Handled } from '../kernel/handle.ts';
import { newId } from '../kernel/ids.ts';
import type { Sealed, StepResult, Tx } from '../kernel/recorder.ts';
import type { Ruling } from '../kernel/stage.ts';
import type { Opened, TicketDraft } from '../kernel/tickets.ts';
import { type Usual, usualText } from '../kernel/usual.ts';
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
    ...(await ticketContext(frame, parts.known, ruling)),
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
      const counted = opened.existing ? undefined : await countHeld(frame, tx, parts.known);
      if (counted && !counted.ok) return counted;
      if (!opened.existing) await frame.limits?.denied(parts.known, { ...ruling, ticket: opened.ticket.id })?.(tx);
      if (opened.existing) return { ok: true, entries: [...opened.entries, decided], quiet: true };
      return { ok: true, entries: [...opened.entries, decided, { ...decided, kind: 'held' as const }] };
    },
  });
  if (committed.status === 'conflict') return 'moved';
  if (committed.status !== 'committed' || !opened || 'moved' in opened) throw new Error('a ticket was neither opened nor found');
  return { kind: 'held', call: call.id, ruling: { ...ruling, says: opened.ticket.sentence }, ticket: opened.ticket };
}

/** What is held counts among its kind too: past so many they are a batch, not as many questions. */
async function countHeld({ batches }: Frame, tx: Tx, { call, permitted, tiered }: DecidedParts['known']): Promise<StepResult | undefined> {
  if (!batches || !permitted?.rules.stage || call.via === 'hook') return undefined;
  return await batches.count(tx, { call, permitted, tiered: tiered ?? { reach: null } });
}

/** The sentence beside what is usual, and the facts of both; a question that is open already keeps its own. */
export async function ticketContext(
  frame: Pick<Frame, 'usual'>,
  { call, subject, tiered }: DecidedParts['known'],
  ruling: Pick<Ruling, 'says' | 'ticket'>,
): Promise<Pick<TicketDraft, 'sentence' | 'shown'>> {
  if (!subject || !tiered || ruling.ticket !== undefined) return { sentence: ruling.says };
  const { plugin, connector } = call.endpoint;
  const scope = { plugin, connector, tool: call.name, atMs: call.atMs };
  // A person can decide without it; a call that cannot be asked about cannot run.
  const usual = await frame.usual?.(scope).catch(() => undefined);
  return {
    sentence: `${ruling.says}${usual ? usualText(usual, tiered.reach) : ''}`,
    shown: shownFacts(subject.connector.environment, tiered, usual),
  };
}

function shownFacts(
  environment: string,
  { amount, destination, recipients, reversible, listed }: Tiered,
  usual: Usual | undefined,
): JsonObject {
  return {
    environment,
    destination,
    reversible,
    ...(amount && { amount: { value: amount.microUnits / 1_000_000, currency: amount.currency } }),
    ...(recipients && { recipients: recipients.length }),
    ...(listed && { lists: Object.fromEntries(listed.map(({ list, hits }) => [list, hits])) }),
    ...(usual && { usual: { days: usual.days, calls: usual.count, largest: usual.largest ?? null, median: usual.median ?? null } }),
  };
}
