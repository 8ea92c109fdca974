import type { Stops } from '../../kernel/stops.ts';

/**
 * Reads the stops again whenever the database changed, and each `pollMs` besides: a node that is cut off from it
 * learns so within that time, and counts as stopped until it can read again. Returns how to end it.
 */
export function watchStops(parts: {
  readonly stops: Pick<Stops, 'refresh' | 'leased'>;
  /** Calls back after commits of other processes; returns how to unsubscribe. */
  readonly watch: (changed: () => void) => () => void;
  readonly pollMs?: number;
}): () => void {
  const { stops, watch, pollMs = 1_000 } = parts;
  let reading: Promise<void> | undefined;
  let again = false;
  // At most one read under way and one to follow: a flood of commits costs no flood of reads.
  const read = (): void => {
    if (reading) {
      again = true;
      return;
    }
    reading = stops.refresh().finally(() => {
      reading = undefined;
      if (!again) return;
      again = false;
      read();
    });
  };
  const unlease = stops.leased();
  const unwatch = watch(read);
  const timer = setInterval(read, pollMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    unwatch();
    unlease();
  };
}
