import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { ProvenPerson, TicketSummary } from '../../../kernel/approvals.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { Judge } from '../../../kernel/judge.ts';
import type { Announce, Announced, TicketEvent } from '../../../kernel/messages.ts';
import type { Recorder, Sealed, Tx } from '../../../kernel/recorder.ts';
import { type FrozenBy, mustBeThawed } from '../frozen-by.ts';
import type { GoalStore } from '../goals/store.ts';
import type { RecipientsDigest } from '../recipients.ts';
import type { TicketChange, TicketRow, TicketStore } from '../store.ts';
import { summaryOf, ticketEntry } from '../view.ts';
import type { DecidingPolicy } from './people.ts';

const textCharactersMax = 500;
const triesMax = 5;

/** Digests of what a payload is bound to besides its arguments. */
export interface Bindings {
  readonly recipients: RecipientsDigest;
  readonly account: (connector: string) => string | null;
}

/** What people's decisions work with. */
export interface Deciding {
  readonly store: TicketStore;
  readonly goals: GoalStore;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => DecidingPolicy;
  /** Who made the last change of the running policy, where that is known. */
  readonly author: () => Promise<string | undefined>;
  readonly unseal: (digest: string) => Promise<Json>;
  readonly judge: Judge | undefined;
  /** What binds a changed payload to whom it reaches and to the account that it acts as. */
  readonly bindings: Bindings | undefined;
  readonly announce: Announce;
  /** Whether a stop freezes a ticket, and as of which generation of the latch that was known. */
  readonly frozenBy: FrozenBy;
  readonly latch: () => number | undefined;
  readonly refreshStops: () => Promise<void>;
}

/** One change of a ticket with its entry, computed from the row that it replaces. */
export interface Change {
  readonly from?: readonly string[];
  readonly change: TicketChange;
  readonly kind: EntryFields['kind'];
  readonly entry: Partial<EntryFields>;
  readonly sealed?: readonly Sealed[];
  /** It lets something run: of a stop in the same moment, the stop counts. */
  readonly letsRun?: boolean;
  readonly tells: TicketEvent;
  readonly more: Announced;
  /** Written in the same transaction. */
  readonly also?: (tx: Tx, row: TicketRow) => Promise<readonly EntryFields[]>;
}

/** Writes a change with its entry and its messages, computed from the row that it replaces; anew when another was first. */
export async function commitChange(
  parts: Deciding,
  id: string,
  changing: (row: TicketRow, atMs: number) => Change | Promise<Change>,
): Promise<TicketSummary> {
  const { store, recorder, clock, announce } = parts;
  for (let attempt = 0; attempt < triesMax; attempt++) {
    const row = await store.byId(id);
    if (!row) throw noSuchTicket(id);
    const atMs = clock();
    const latch = parts.latch();
    const changes = await changing(row, atMs);
    const { from = ['held'], change, kind, entry, sealed = [], letsRun, tells, more, also } = changes;
    if (letsRun) mustBeThawed(parts.frozenBy(summaryOf(row, atMs)), id);
    let changed: TicketRow | undefined;
    const committed = await recorder.commit({
      entries: [],
      sealed,
      ...(letsRun && latch !== undefined && { latch }),
      steps: async (tx) => {
        const bound = { decisions: row.decisions, arguments: row.arguments, unexpiredAtMs: atMs };
        changed = await store.move(tx, { id, states: from, ...bound }, change);
        if (!changed) return { ok: false, conflict: 'decided meanwhile' };
        const others = (await also?.(tx, changed)) ?? [];
        await announce(tx, tells, summaryOf(changed, atMs), more);
        return { ok: true, entries: [ticketEntry(changed, kind, atMs, entry), ...others] };
      },
    });
    if (committed.status === 'committed' && changed) return summaryOf(changed, atMs);
    if (committed.status === 'latch_moved') await parts.refreshStops();
  }
  throw new UserError(`Others were deciding ticket ${id} at the same moment. Nothing was changed.`, 'Look at it again, then decide.');
}

/** Words of a person as they are kept: one line, capped; empty ones are no words. */
export function wordsOf(text: string, charactersMax = textCharactersMax): string {
  return text
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, charactersMax);
}

/** How an entry names who acted, and through what. */
export function actedBy(by: Pick<ProvenPerson, 'person'>, via: string): Partial<EntryFields> {
  return { actor: `trapkey-${via}`, approval: `human:${by.person}`, assurance: { approval: 'proved' } };
}

/** The sentence for an id that no ticket has. */
export function noSuchTicket(id: string): UserError {
  return new UserError(`There is no ticket ${id.slice(0, 40)}.`, 'See the open ones with `trapkey approvals list`.');
}
