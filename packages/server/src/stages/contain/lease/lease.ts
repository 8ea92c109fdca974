/** Under the five seconds that are promised, so that aborting what is in flight is done within them. */
const leaseMsByDefault = 4_500;

/** How long what was read last may be acted on. */
export interface Lease {
  /** From now on it runs out. Returns how to end that. */
  start(): () => void;
  /** A read that began then was answered: what is known was true after that moment. */
  renew(beganMs: number): void;
  /** Whether what was read last still counts. Exact also where the process was not let run and no timer fired. */
  holds(): boolean;
}

/**
 * A node that is cut off does not learn of stops, and cannot know that it does not: so what it knows counts only for a
 * while, measured from when it began to ask. `lost` is called once each time that it runs out.
 */
export function openLease(parts: { readonly stopwatch: () => number; readonly lost: () => void; readonly leaseMs?: number }): Lease {
  const { stopwatch, lost, leaseMs = leaseMsByDefault } = parts;
  let untilMs = Number.NEGATIVE_INFINITY;
  let started = 0;
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    if (timer || started === 0) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        // Renewed meanwhile: one timer serves many renewals, because they are many more.
        if (stopwatch() < untilMs) arm();
        else lost();
      },
      Math.max(untilMs - stopwatch(), 1),
    );
    timer.unref();
  };
  return {
    start() {
      started++;
      arm();
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        if (--started > 0) return;
        clearTimeout(timer);
        timer = undefined;
      };
    },
    renew(beganMs) {
      untilMs = Math.max(untilMs, beganMs + leaseMs);
      arm();
    },
    holds: () => started === 0 || stopwatch() < untilMs,
  };
}
