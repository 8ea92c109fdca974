import type { Approvals, TicketSummary } from '../../kernel/approvals.ts';
import type { Clock } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { authorise, type DecidingPolicy, notYetCounted } from './authorise.ts';
import type { TicketChange, TicketRow, TicketStore } from './store.ts';
import { approvalsOf, approvalText, storedApprovals, summaryOf, ticketEntry } from './view.ts';

/** A person's reason reaches the agent as quoted data; longer ones are cut. */
const reasonCharactersMax = 500;
const triesMax = 5;

interface Deciding {
  readonly store: TicketStore;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => DecidingPolicy;
}

/** Counts one person's approval; the last that is needed approves the ticket. */
export function approver(parts: Deciding): Approvals['approve'] {
  return ({ ticket, by, via }) =>
    decide(parts, ticket, (row, atMs) => {
      const who = authorise(parts.policy(), row, by, atMs);
      notYetCounted(parts.policy(), row, who.person);
      const approvals = [...approvalsOf(row), { ...who, atMs }];
      const complete = approvals.length >= row.needs;
      return {
        change: { decisions: storedApprovals(approvals), ...(complete && { state: 'approved', decided_at_ms: atMs }) },
        kind: 'approved',
        entry: {
          actor: `trapkey-${via}`,
          approval: approvalText([{ ...who, atMs }]) ?? null,
          assurance: { approval: 'proved' },
          detail: complete ? `${approvals.length} of ${row.needs}: it may run once` : `${approvals.length} of ${row.needs}: it still waits`,
        },
      };
    });
}

/** One refusal ends a ticket, whoever approved it before. */
export function refuser(parts: Deciding): Approvals['refuse'] {
  return async ({ ticket, by, via, reason }) => {
    const words = reason
      .replaceAll(/\p{C}+/gu, ' ')
      .trim()
      .slice(0, reasonCharactersMax);
    if (words === '')
      throw new UserError('A reason is needed: the agent and its person are told it. Nothing was changed.', 'Add `--reason "…"`.');
    return await decide(parts, ticket, (row, atMs) => {
      const who = authorise(parts.policy(), row, by, atMs);
      return {
        change: { state: 'refused', decided_at_ms: atMs, decided_reason: words },
        kind: 'refused',
        entry: {
          actor: `trapkey-${via}`,
          approval: approvalText([{ ...who, atMs }]) ?? null,
          assurance: { approval: 'proved' },
          reason: words,
        },
      };
    });
  };
}

interface Decision {
  readonly change: TicketChange;
  readonly kind: 'approved' | 'refused';
  readonly entry: Partial<Parameters<typeof ticketEntry>[3]>;
}

/** Writes a decision with its entry, computed from the row that it replaces; anew when another was first. */
async function decide(parts: Deciding, id: string, decision: (row: TicketRow, atMs: number) => Decision): Promise<TicketSummary> {
  const { store, recorder, clock } = parts;
  for (let attempt = 0; attempt < triesMax; attempt++) {
    const row = await store.byId(id);
    if (!row) throw noSuchTicket(id);
    const atMs = clock();
    const { change, kind, entry } = decision(row, atMs);
    let decided: TicketRow | undefined;
    const committed = await recorder.commit({
      entries: [],
      steps: async (tx) => {
        decided = await store.move(tx, { id, states: ['held'], decisions: row.decisions, unexpiredAtMs: atMs }, change);
        return decided ? { ok: true, entries: [ticketEntry(decided, kind, atMs, entry)] } : { ok: false, conflict: 'decided meanwhile' };
      },
    });
    if (committed.status === 'committed' && decided) return summaryOf(decided, atMs);
  }
  throw new UserError(`Others were deciding ticket ${id} at the same moment. Nothing was changed.`, 'Look at it again, then decide.');
}

/** The sentence for an id that no ticket has. */
export function noSuchTicket(id: string): UserError {
  return new UserError(`There is no ticket ${id.slice(0, 40)}.`, 'See the open ones with `trapkey approvals list`.');
}
