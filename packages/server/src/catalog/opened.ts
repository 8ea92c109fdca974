/** People come one after another, each with upstreams of their own: one look in so long is of them all. */
const betweenMs = 30_000;
/** After a look that failed it is tried again sooner, ever later. */
const againMs = 1_000;

/** The last look at a connection: when it began, and how many have failed since one did not. */
export interface LastLook {
  readonly atMs: number;
  readonly failed: number;
}

/** Looks at connections of which an upstream was opened: it may be another than was looked at. */
interface OpenedWatch {
  /** Resolves once it was looked at anew; at once where that was just done, and then it is looked at a little later. */
  opened(connection: string): Promise<void>;
  stop(): void;
}

/** Starts with nothing opened. */
export function lookWhenOpened(parts: {
  readonly look: (connection: string) => Promise<void>;
  readonly last: (connection: string) => LastLook | undefined;
  readonly clock: () => number;
}): OpenedWatch {
  const waiting = new Map<string, NodeJS.Timeout>();
  let stopped = false;
  return {
    async opened(connection) {
      if (stopped) return;
      const inMs = waitMs(parts.last(connection), parts.clock());
      if (inMs <= 0) return await parts.look(connection);
      if (waiting.has(connection)) return;
      const look = () => {
        waiting.delete(connection);
        void parts.look(connection);
      };
      waiting.set(connection, setTimeout(look, inMs).unref());
    },
    stop() {
      stopped = true;
      for (const one of waiting.values()) clearTimeout(one);
    },
  };
}

function waitMs(last: LastLook | undefined, nowMs: number): number {
  if (!last) return 0;
  const pause = last.failed === 0 ? betweenMs : Math.min(betweenMs, againMs * 2 ** (last.failed - 1));
  return last.atMs + pause - nowMs;
}
