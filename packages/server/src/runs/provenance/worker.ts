import type { Clock } from '../../kernel/clock.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { memoryLimits } from './memory.ts';
import { deleteSeen } from './store.ts';

const everyMs = 10 * 60_000;
/** Longer than anybody asks: a clock that is ahead must not delete what others still need. */
const keptMs = 3 * memoryLimits.windowMs;
/** No transaction holds the others up for long. */
const rowsAtOnce = 1_000;

/** Deletes values that nobody asks about any more. Returns how many transactions that took. */
export async function forgetSeen({ recorder, clock }: { readonly recorder: Recorder; readonly clock: Clock }): Promise<number> {
  for (let rounds = 1; ; rounds++) {
    let more = false;
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        more = await deleteSeen(tx, clock() - keptMs, rowsAtOnce);
        return { ok: true, quiet: true };
      },
    });
    if (!more) return rounds;
  }
}

/** Does that at the start and every ten minutes. Returns how to end it, which waits for a round that runs. */
export function keepSeen(parts: { readonly recorder: Recorder; readonly clock: Clock }): () => Promise<void> {
  // A round that fails is tried again by the next.
  let running: Promise<unknown> = forgetSeen(parts).catch(() => undefined);
  const timer = setInterval(() => {
    running = running.then(() => forgetSeen(parts)).catch(() => undefined);
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
