import type { OpenPolicy } from './open.ts';
import type { PolicyDatabase } from './read.ts';

const folderEveryMs = 2_000;

/**
 * Follows the published set and the folder until it is stopped. The folder is looked at and not watched: watching
 * misses changes on network and container volumes, and a look costs a few small files.
 */
export function followPolicy(parts: {
  readonly policy: OpenPolicy;
  readonly database: PolicyDatabase;
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
}): { readonly stop: () => Promise<void> } {
  const { policy, database, onError, everyMs = folderEveryMs } = parts;
  let running: Promise<unknown> = Promise.resolve();
  let stopped = false;
  const look = (act: () => Promise<unknown>): void => {
    running = running.then(() => (stopped ? undefined : act())).catch(onError);
  };
  const unwatch = database.watch(() => look(() => policy.refresh()));
  let waiting = false;
  const timer = setInterval(() => {
    if (waiting) return;
    waiting = true;
    look(() => policy.checkFolder().finally(() => (waiting = false)));
  }, everyMs);
  timer.unref();
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      unwatch();
      await running;
    },
  };
}
