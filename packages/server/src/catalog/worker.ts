import type { Definitions } from '@trapkey/contract/upstream.ts';
import type { Catalog } from './act.ts';
import { type LastLook, lookWhenOpened } from './opened.ts';
import type { PinnedCatalog } from './read.ts';

export interface CatalogWatchParts {
  readonly catalog: Pick<Catalog, 'look'>;
  readonly pinned: Pick<PinnedCatalog, 'reload'>;
  /** The connections that have an upstream now. */
  readonly connections: () => readonly string[];
  readonly definitions: (connection: string, signal: AbortSignal) => Promise<Definitions>;
  /** Calls back after commits of any process; returns how to unsubscribe. */
  readonly watch: (changed: () => void) => () => void;
  /** Told of each look that failed, in words; the stored pins stay. */
  readonly unreachable: (connection: string, says: string) => void;
  /** Told once what a look changed can be offered. */
  readonly changed?: (connection: string) => void;
  readonly lookTimeoutMs?: number;
  readonly everyMs?: number;
  /** Looks at once that run side by side: each may start a process. */
  readonly lookersMax?: number;
  /** Milliseconds that only grow. */
  readonly clock?: () => number;
}

/** Looks at upstreams: at the start, now and then, and when one says that it changed. */
export interface CatalogWatch {
  /** Looks at all of them now; resolves when each was looked at or gave up. */
  lookAtAll(): Promise<void>;
  /** Soon, and once for many; ever later for one that does not stop, until it was quiet for a while. */
  lookSoon(connection: string): void;
  /** An upstream of it was opened: resolves once it was looked at anew, at once where that was just done. Never rejects. */
  opened(connection: string): Promise<void>;
  stop(): void;
}

const soonMs = 500;
const soonMaxMs = 60_000;

/** Starts watching. Nothing is looked at before `lookAtAll`. */
export function watchCatalog(parts: CatalogWatchParts): CatalogWatch {
  const {
    catalog,
    pinned,
    connections,
    definitions,
    unreachable,
    lookTimeoutMs = 30_000,
    everyMs = 10 * 60_000,
    lookersMax = 4,
    clock = () => performance.now(),
  } = parts;
  const soon = new Map<string, NodeJS.Timeout>();
  const looking = new Map<string, Promise<void>>();
  const last = new Map<string, LastLook>();
  const waits = new Map<string, { readonly ms: number; readonly endedAtMs: number }>();
  const stopped = new AbortController();

  async function looked(connection: string): Promise<void> {
    const atMs = clock();
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(lookTimeoutMs), stopped.signal]);
      const differs = await catalog.look(connection, await definitions(connection, signal));
      last.set(connection, { atMs, failed: 0 });
      if (!differs) return;
      await pinned.reload();
      parts.changed?.(connection);
    } catch (error) {
      last.set(connection, { atMs, failed: (last.get(connection)?.failed ?? 0) + 1 });
      if (!stopped.signal.aborted) unreachable(connection, error instanceof Error ? error.message : String(error));
    }
  }

  function look(connection: string): Promise<void> {
    const running = looking.get(connection);
    if (running) return running;
    const started = looked(connection).finally(() => looking.delete(connection));
    looking.set(connection, started);
    return started;
  }

  async function lookAtAll(): Promise<void> {
    const left = [...connections()];
    const lookers = Array.from({ length: lookersMax }, async () => {
      for (let next = left.shift(); next !== undefined && !stopped.signal.aborted; next = left.shift()) await look(next);
    });
    await Promise.all(lookers);
  }

  const opening = lookWhenOpened({ look, last: (connection) => last.get(connection), clock });
  const timer = setInterval(() => void lookAtAll(), everyMs);
  timer.unref();
  const unwatch = parts.watch(() => void pinned.reload());
  return {
    lookAtAll,
    lookSoon(connection) {
      if (soon.has(connection) || stopped.signal.aborted) return;
      // A look may start a process, so whoever says without end that it changed is looked at ever less often.
      const last = waits.get(connection);
      const quiet = !last || clock() - last.endedAtMs > 2 * last.ms;
      const ms = quiet ? soonMs : Math.min(2 * last.ms, soonMaxMs);
      const waiting = setTimeout(() => {
        soon.delete(connection);
        waits.set(connection, { ms, endedAtMs: clock() });
        // A look that is under way may have seen the old list: this one comes after it.
        void (looking.get(connection) ?? Promise.resolve()).then(() => look(connection));
      }, ms);
      soon.set(connection, waiting.unref());
    },
    opened: opening.opened,
    stop() {
      stopped.abort();
      clearInterval(timer);
      for (const waiting of soon.values()) clearTimeout(waiting);
      opening.stop();
      unwatch();
    },
  };
}
