import type { Tickets } from './act.ts';

/**
 * Ends tickets whose time is over each `everyMs`, and learns of other processes' tickets when the database changed.
 * A round that fails is tried again by the next: an unwritten expiry is still no yes. Returns how to end it.
 */
export function tendTickets(parts: {
  readonly tickets: Pick<Tickets, 'refresh' | 'expireOverdue'>;
  /** Calls back after commits of other processes; returns how to unsubscribe. */
  readonly watch: (changed: () => void) => () => void;
  /** Reminds and escalates; less often, because it looks at everything that waits. */
  readonly nudge?: () => Promise<unknown>;
  readonly everyMs?: number;
  readonly nudgeEveryMs?: number;
}): () => void {
  const { tickets, watch, nudge, everyMs = 5_000, nudgeEveryMs = 30_000 } = parts;
  const unwatch = watch(() => void tickets.refresh());
  const timer = setInterval(() => void tickets.expireOverdue().catch(() => undefined), everyMs);
  timer.unref();
  const nudging = nudge && setInterval(() => void nudge().catch(() => undefined), nudgeEveryMs).unref();
  return () => {
    clearInterval(timer);
    clearInterval(nudging);
    unwatch();
  };
}
