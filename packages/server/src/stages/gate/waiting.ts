/** Calls that wait a little for a person to decide their ticket, or for what runs to end. */
export interface Waiting {
  /** True when it was decided (or has ended) within the time; false when it was not, or the client went away. */
  wait(ticket: string, waitMs: number, signal: AbortSignal, until?: 'decided' | 'finished'): Promise<boolean>;
  /** Looks again; called when the database changed. */
  look(): Promise<void>;
}

/** What a ticket must have left. */
const unsettled = { decided: ['held'], finished: ['held', 'executing'] } as const;

interface Waiter {
  readonly until: keyof typeof unsettled;
  readonly settled: () => void;
}

/** Waits on the store; a look that fails is made up for by the next. */
export function waitingOn(store: { statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> }): Waiting {
  const waiters = new Map<string, Set<Waiter>>();
  const look = async (): Promise<void> => {
    if (waiters.size === 0) return;
    const states = await store.statesOf([...waiters.keys()]);
    for (const [id, waiting] of waiters) {
      const state = states.get(id) ?? 'gone';
      for (const { until, settled } of waiting) if (!(unsettled[until] as readonly string[]).includes(state)) settled();
    }
  };
  return {
    look,
    async wait(ticket, waitMs, signal, until = 'decided') {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const waiter = { until, settled: () => resolve(true) };
      const gone = () => resolve(false);
      const timer = setTimeout(gone, waitMs);
      signal.addEventListener('abort', gone, { once: true });
      const mine = waiters.get(ticket) ?? new Set();
      waiters.set(ticket, mine.add(waiter));
      if (signal.aborted) gone();
      // It may have been decided between its commit and now.
      void look().catch(() => undefined);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
        mine.delete(waiter);
        if (mine.size === 0) waiters.delete(ticket);
      }
    },
  };
}
