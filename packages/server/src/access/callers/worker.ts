import type { Clock } from '../../kernel/clock.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { Sources } from './sources.ts';

const flushEveryMs = 60_000;

/** Background work that `wire` starts and stops; `stop` flushes what is left. */
export interface CallerFlusher {
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** Writes the callers that were refused as one entry a minute for each source and reason, so that a flood cannot fill the record. */
export function flushCallers(parts: {
  readonly sources: Sources;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly everyMs?: number;
}): CallerFlusher {
  const { sources, recorder, clock, everyMs = flushEveryMs } = parts;
  let running = Promise.resolve();
  const once = async (): Promise<void> => {
    const entries = sources.drain(clock());
    if (entries.length === 0) return;
    try {
      await recorder.commit({ entries });
    } catch {
      // The recorder raises its own alarm; the counts wait for the next minute, as bounded as before.
      sources.restore(entries);
    }
  };
  const flush = (): Promise<void> => {
    running = running.then(once);
    return running;
  };
  const timer = setInterval(() => void flush(), everyMs);
  timer.unref();
  return {
    flush,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}
