/** How many times as long as it took the next one waits: work that grows keeps this part of the time at most. */
const restFactor = 9;
const restMaxMs = 1_000;

/**
 * Does `work` soon after it is asked for, one at a time, and rests between for as long as the last one was long: nine times, at most
 * a second. Whoever asks while it works or rests is served by the next. `work` must not reject.
 */
export function paced(work: () => Promise<void>): { readonly ask: () => void; readonly stop: () => void } {
  let asked = false;
  let busy = false;
  let stopped = false;
  let resting: ReturnType<typeof setTimeout> | undefined;
  const go = async (): Promise<void> => {
    busy = true;
    asked = false;
    const startedMs = performance.now();
    await work();
    const restMs = Math.min(restMaxMs, (performance.now() - startedMs) * restFactor);
    resting = setTimeout(() => {
      busy = false;
      if (asked && !stopped) void go();
    }, restMs).unref();
  };
  return {
    ask() {
      asked = true;
      if (!busy && !stopped) void go();
    },
    stop() {
      stopped = true;
      clearTimeout(resting);
    },
  };
}
