import type { Clock } from '../../../kernel/clock.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { Batches } from './door.ts';
import { forgetCounts } from './staging-store.ts';

const forgetEveryMs = 3_600_000;

/** Keeps what one process knows of batches fresh, and clears away counts whose time is over. Returns how to end it. */
export function watchBatches(parts: {
  readonly batches: Pick<Batches, 'refresh'>;
  readonly recorder: Pick<Recorder, 'commit'>;
  readonly clock: Clock;
  readonly watch: (changed: () => void) => () => void;
}): () => Promise<void> {
  const { batches, recorder, clock, watch } = parts;
  let working: Promise<unknown> = Promise.resolve();
  // A round that fails is made up for by the next.
  const later = (work: () => Promise<unknown>): void => {
    working = working.then(work).catch(() => undefined);
  };
  const unwatch = watch(() => later(batches.refresh));
  const forget = () =>
    recorder.commit({
      entries: [],
      steps: async (tx) => {
        await forgetCounts(tx, clock());
        return { ok: true, quiet: true };
      },
    });
  const forgetting = setInterval(() => later(forget), forgetEveryMs).unref();
  return async () => {
    unwatch();
    clearInterval(forgetting);
    await working;
  };
}
