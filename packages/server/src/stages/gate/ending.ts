import type { Clock } from '../../kernel/clock.ts';
import { type Announce, announceNothing } from '../../kernel/messages.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { TicketStore } from './store.ts';
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

/** Closes what began to execute before `olderThanMs` ago and never finished. */
export async function closeAbandoned(
  recorder: Recorder,
  store: TicketStore,
  atMs: number,
  olderThanMs: number,
): Promise<readonly string[]> {
  const rows = await store.executingSince(atMs - olderThanMs);
  if (rows.length === 0) return [];
  const closed: string[] = [];
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      closed.length = 0;
      const entries = [];
      for (const row of rows) {
        const left = await store.move(tx, { id: row.id, states: ['executing'] }, { state: 'unknown', finished_at_ms: atMs });
        if (!left) continue;
        closed.push(row.id);
        entries.push(
          ticketEntry(left, 'closed', atMs, {
            outcome: 'unknown',
            detail: 'left executing; whether it happened is not known, and it is not run again',
          }),
        );
      }
      return { ok: true, entries };
    },
  });
  return closed;
}
