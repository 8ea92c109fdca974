import type { TicketStore } from './store.ts';

/** Calls that wait a little for a person to decide their ticket. */
export interface Waiting {
  /** True when it was decided within the time; false when it was not, or the client went away. */
  wait(ticket: string, waitMs: number, signal: AbortSignal): Promise<boolean>;
  /** Looks again; called when the database changed. */
  look(): Promise<void>;
}

/** Waits on the store; a look that fails is made up for by the next. */
export function waitingOn(store: Pick<TicketStore, 'heldAmong'>): Waiting {
  const waiters = new Map<string, Set<() => void>>();
  const look = async (): Promise<void> => {
    if (waiters.size === 0) return;
    const ids = [...waiters.keys()];
    const held = new Set(await store.heldAmong(ids));
    for (const id of ids) if (!held.has(id)) for (const decided of waiters.get(id) ?? []) decided();
  };
  return {
    look,
    async wait(ticket, waitMs, signal) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const decided = () => resolve(true);
      const gone = () => resolve(false);
      const timer = setTimeout(gone, waitMs);
      signal.addEventListener('abort', gone, { once: true });
      const mine = waiters.get(ticket) ?? new Set();
      waiters.set(ticket, mine.add(decided));
      if (signal.aborted) gone();
      // It may have been decided between its commit and now.
      void look().catch(() => undefined);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
        mine.delete(decided);
        if (mine.size === 0) waiters.delete(ticket);
      }
    },
  };
}
