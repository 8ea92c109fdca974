import type { Recorder } from '../../kernel/recorder.ts';
import type { Runs } from '../read.ts';
import { touchRuns } from '../store.ts';

const atOnceMax = 500;

/**
 * Writes down each `everyMs` which runs were heard of, so that after a restart the idle gap counts from a run's last call.
 * Off the path of calls; what a failure or a crash loses is at most the last minute. Returns how to end it.
 */
export function keepRuns(parts: {
  readonly runs: Pick<Runs, 'heard'>;
  readonly recorder: Recorder;
  readonly everyMs?: number;
}): () => Promise<void> {
  const { runs, recorder, everyMs = 60_000 } = parts;
  const keep = async (): Promise<void> => {
    const heard = runs.heard();
    for (let from = 0; from < heard.length; from += atOnceMax) {
      const some = heard.slice(from, from + atOnceMax);
      await recorder.commit({
        entries: [],
        steps: async (tx) => {
          await touchRuns(tx, some);
          return { ok: true, quiet: true };
        },
      });
    }
  };
  const timer = setInterval(() => void keep().catch(() => undefined), everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await keep().catch(() => undefined);
  };
}
