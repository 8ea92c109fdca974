import type { Clock } from '../../kernel/clock.ts';
import { type Announce, announceNothing } from '../../kernel/messages.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { TicketRow, TicketStore } from './store.ts';
import { keepLost } from './undo/unfinished-store.ts';
import { summaryOf, ticketEntry } from './view.ts';

const expireMax = 200;

/** Writes down what time has ended already. */
export async function expireOverdue(
  { recorder, clock, announce = announceNothing }: { readonly recorder: Recorder; readonly clock: Clock; readonly announce?: Announce },
  store: TicketStore,
): Promise<number> {
  let expired = 0;
  for (;;) {
    const atMs = clock();
    const overdue = await store.overdue(atMs, expireMax);
    if (overdue.length === 0) return expired;
    let moved = 0;
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        const entries = [];
        for (const row of overdue) {
          const from = { id: row.id, states: ['held', 'approved'] };
          const gone = await store.move(tx, from, { state: 'expired', decided_at_ms: atMs });
          if (!gone) continue;
          entries.push(ticketEntry(gone, 'expired', atMs, { code: 'expired' }));
          await announce(tx, 'expired', summaryOf(gone, atMs));
        }
        moved = entries.length;
        return { ok: true, entries };
      },
    });
    expired += moved;
    if (moved === 0) return expired;
  }
}

/** What may be sent twice: the tool does nothing more the second time, or knows the call by its key. */
export type Idempotent = (row: Pick<TicketRow, 'connector' | 'tool'>) => boolean;

/** Attempts count from 0: opening the ticket was that, and its first execution is the next. */
const firstExecution = 1;

/**
 * Closes what began to execute before `olderThanMs` ago and never finished. Nobody knows whether it happened, so it is
 * not run again; except once, with the same idempotency key, where the tool is idempotent. Gives what stays unknown.
 */
export async function closeAbandoned(
  { recorder, clock, idempotent }: { readonly recorder: Recorder; readonly clock: Clock; readonly idempotent: Idempotent },
  store: TicketStore,
  olderThanMs: number,
): Promise<readonly string[]> {
  const atMs = clock();
  const rows = await store.executingSince(atMs - olderThanMs);
  if (rows.length === 0) return [];
  const unknown: string[] = [];
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      unknown.length = 0;
      const entries = [];
      const lost = [];
      for (const row of rows) {
        const again = row.attempt === firstExecution && row.expires_at_ms > atMs && idempotent(row);
        const to = again ? runAgain : { state: 'unknown', finished_at_ms: atMs };
        const left = await store.move(tx, { id: row.id, states: ['executing'] }, to);
        if (!left) continue;
        if (!again) lost.push(left);
        entries.push(ticketEntry(left, 'closed', atMs, { outcome: 'unknown', detail: again ? againSays : unknownSays }));
      }
      unknown.push(...lost.map(({ id }) => id));
      await keepLost(tx, lost);
      return { ok: true, entries };
    },
  });
  return unknown;
}

/** By itself, and decided from the top like every run of a ticket. */
const runAgain = { state: 'approved', executing_at_ms: null, run_when: 'approval', run_claimed_at_ms: null } as const;
const unknownSays = 'left executing; whether it happened is not known, and it is not run again';
const againSays = 'left executing; whether it happened is not known; the tool is idempotent, so it is run once more with the same key';
