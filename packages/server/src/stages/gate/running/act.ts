import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Running, resumed } from '../../../kernel/agent-tickets.ts';
import type { TicketSummary } from '../../../kernel/approvals.ts';
import type { Credential } from '../../../kernel/call.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { Handle, Handled } from '../../../kernel/handle.ts';
import { newCallId } from '../../../kernel/ids.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import { type TicketDatabase, type TicketRow, ticketStore } from '../store.ts';
import { stateAt, summaryOf, ticketEntry, viewOf } from '../view.ts';
import { frozenCall, type Unseal } from './frozen.ts';
import { type KnownPeople, mayRun } from './may-run.ts';
import { readTickets } from './read.ts';
import { claimRun, leaveToAgent, letRun } from './store.ts';

/** How long a process may take from claiming a ticket to beginning to run it; then another may. */
const leaseMs = 60_000;
const atOnceMax = 32;

interface Parts {
  readonly database: TicketDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

/** The Run button. It needs no connector: whichever process serves sees the mark and runs the ticket. */
export function openRunning(parts: Parts & { readonly policy: () => KnownPeople }): Running {
  const { recorder, clock } = parts;
  const store = ticketStore(parts.database);
  return {
    async run({ ticket, by, via }) {
      const row = await store.byId(ticket);
      if (!row) throw new UserError(`There is no ticket ${ticket.slice(0, 40)}.`, 'See the open ones with `trapkey approvals list`.');
      const atMs = clock();
      mayRun(parts.policy(), row, by, atMs);
      if (row.run_when === 'approval') return;
      const committed = await recorder.commit({
        entries: [],
        steps: async (tx) => {
          const moved = await letRun(tx, row.id, atMs);
          if (!moved) return { ok: false, conflict: 'it changed meanwhile' };
          const pressed = { actor: `trapkey-${via}`, action: 'ticket.run', subject: row.id, on_behalf_of: by.person };
          return { ok: true, entries: [{ ...ticketEntry(moved, 'admin', atMs), ...pressed, assurance: { on_behalf_of: 'proved' } }] };
        },
      });
      if (committed.status !== 'committed')
        throw new UserError(`Ticket ${row.id} changed at the same moment. Nothing was changed.`, 'Look at it again.');
    },
  };
}

/** Runs what runs by itself. */
export interface Runner {
  /** Takes what is due, each ticket once over all processes; resolves when what it took has ended. Never rejects. */
  runDue(): Promise<number>;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

/** Opens the runner of a serving process. */
export function openRunner(
  parts: Parts & {
    readonly unseal: Unseal;
    readonly handle: Handle;
    /** Why what was proved when the call was frozen counts no more; undefined when it still does. */
    readonly outlived: (credential: Credential) => Promise<string | undefined>;
    /** True while a stop freezes the ticket: it waits, and runs after the release. */
    readonly frozen?: (ticket: TicketSummary) => boolean;
    /** Hears of a run that broke in a way that nobody expected. */
    readonly failed: (ticket: string, error: unknown) => void;
  },
): Runner {
  const reads = readTickets(parts.database);
  const running = new Map<string, Promise<boolean>>();
  const take = (row: TicketRow): Promise<boolean> => {
    const run = runOne(parts, row)
      .catch((error: unknown) => {
        parts.failed(row.id, error);
        return false;
      })
      .finally(() => running.delete(row.id));
    running.set(row.id, run);
    return run;
  };
  return {
    async runDue() {
      const due = await reads.due(parts.clock(), leaseMs, atOnceMax).catch(() => []);
      // A slow one is not in the way of the others; what finds no place is due again at the next look.
      const mine = due
        .filter((row) => !running.has(row.id) && !parts.frozen?.(summaryOf(row, parts.clock())))
        .slice(0, Math.max(0, atOnceMax - running.size));
      return (await Promise.all(mine.map(take))).filter(Boolean).length;
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}

type RunnerParts = Parameters<typeof openRunner>[0];

/** Claims, then hands the frozen call to `handle`, which decides it from the top and takes the ticket only once. */
async function runOne(parts: RunnerParts, row: TicketRow): Promise<boolean> {
  const claimed = await parts.recorder.commit({
    entries: [],
    steps: async (tx) => ((await claimRun(tx, row.id, parts.clock(), leaseMs)) ? { ok: true } : { ok: false, conflict: 'another runs it' }),
  });
  if (claimed.status !== 'committed') return false;
  const atMs = parts.clock();
  const frozen = await frozenCall(row, parts.unseal, atMs);
  const wrong = frozen ? await parts.outlived(frozen.credential) : 'what was approved cannot be opened any more';
  if (!frozen || wrong !== undefined) {
    await leave(parts, row, `not run: ${wrong}`);
    return true;
  }
  const call = resumed(frozen, viewOf(row, stateAt(row, atMs)), { id: newCallId(atMs), atMs });
  // Nobody's connection can end it: it was approved, and its result waits to be picked up.
  const handled = await parts.handle(call, { signal: new AbortController().signal, nobodyWaits: true });
  const why = refusal(handled);
  if (why !== undefined) await leave(parts, row, why);
  return true;
}

/** Undefined where it was sent, or where nothing could be written: then the lease ends and it is tried again. */
function refusal(handled: Handled): string | undefined {
  if (handled.kind === 'held') return 'not run: it is asked about again';
  if (handled.kind === 'staged') return `not run: it became change ${handled.n} of batch ${handled.batch}`;
  if (handled.kind !== 'refused' || handled.happened !== 'nothing' || handled.ruling.code === 'record_unavailable') return undefined;
  return `not run: ${handled.ruling.says} (${handled.ruling.code})`;
}

async function leave({ recorder, clock }: RunnerParts, row: TicketRow, detail: string): Promise<void> {
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const left = await leaveToAgent(tx, row.id);
      const entries: readonly EntryFields[] = left
        ? [{ ...ticketEntry(left, 'admin', clock()), action: 'ticket.left', subject: row.id, detail: detail.slice(0, 500) }]
        : [];
      return { ok: true, entries };
    },
  });
}
