import { rfc3339 } from '../../../kernel/clock.ts';
import type { TripView } from '../../../kernel/limits.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import type { Opened } from './parts.ts';
import { settleBlocks } from './reserving.ts';
import { emptyCounters, purge } from './store.ts';
import { resetSignal } from './tripping.ts';
import { closeTrip } from './trips-store.ts';
import type { Counter } from './window.ts';

/** What nobody used of blocks for a while goes back, and what can count no more is forgotten. */
export async function giveBackStale({ holder, recorder, alarm }: Opened, nowMs: number): Promise<void> {
  const blocks = holder.pockets.stale(nowMs);
  if (blocks.length === 0) return;
  try {
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        await settleBlocks(tx, holder, blocks);
        return { ok: true, quiet: true };
      },
    });
  } catch (error) {
    // What was used ahead must be counted some time; what was not used counts as used until then.
    for (const block of blocks) holder.pockets.attach(block);
    alarm?.(`Blocks of limits could not be given back yet: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Forgets counters and refusals that are long over; says whether there are more. */
export async function forget({ recorder, clock }: Opened): Promise<boolean> {
  let more = false;
  const steps = async (tx: Tx) => {
    more = await purge(tx, clock());
    return { ok: true, quiet: true } as const;
  };
  await recorder.commit({ entries: [], steps });
  return more;
}

/** A counter starts anew; what processes hold in blocks of it may still be used, so it stays counted. */
export function emptied(counter: Counter): Counter {
  const held = Object.values(counter.leases).reduce((sum, { units }) => sum + units, 0);
  const slot = counter.slices.at(-1)?.[0] ?? 0;
  return { slices: held > 0 ? [[slot, held]] : [], leases: counter.leases, lost: 0, members: {} };
}

/** Closes the breakers whose rule says that they work again by themselves. Their stops end by themselves, too. */
export async function rearm({ recorder, clock, raise }: Opened, open: readonly TripView[], refresh: () => Promise<void>): Promise<void> {
  const nowMs = clock();
  const over = open.filter(({ rearmAtMs }) => rearmAtMs !== undefined && rearmAtMs <= nowMs);
  for (const { id } of over) {
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        const closed = await closeTrip(tx, id, {
          reset_at_ms: nowMs,
          reset_by: 'limit',
          reset_reason: 're-armed by itself, as the rule says',
        });
        if (!closed) return { ok: false, conflict: 'reset already' };
        // Windows slide on by themselves; a count of a whole run would stay full.
        if (!/ per \d/.test(closed.text)) await emptyCounters(tx, closed.scope, emptied);
        await raise?.(tx, resetSignal(closed));
        const entry = {
          timestamp: rfc3339(nowMs),
          kind: 'admin',
          action: 'limit.rearmed',
          actor: 'trapkey-limits',
          subject: id,
          rule: closed.rule,
        } as const;
        return { ok: true, entries: [entry] };
      },
    });
  }
  if (over.length > 0) await refresh();
}
