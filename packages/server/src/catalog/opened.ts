/** Upstreams open one after another when people come; one look in so long is of them all. */
const openedMs = 30_000;

/** Looks at a connection of which an upstream was opened: it may be another than was looked at. */
interface OpenedWatch {
  opened(connection: string): void;
  stop(): void;
}

/** `agoMs`: how long ago it was last looked at; Infinity when it never was. */
export function lookWhenOpened(parts: {
  readonly look: (connection: string) => Promise<void>;
  readonly agoMs: (connection: string) => number;
}): OpenedWatch {
  const waiting = new Map<string, NodeJS.Timeout>();
  let stopped = false;
  return {
    opened(connection) {
      if (waiting.has(connection) || stopped) return;
      const look = () => {
        waiting.delete(connection);
        void parts.look(connection);
      };
      waiting.set(connection, setTimeout(look, Math.max(0, openedMs - parts.agoMs(connection))).unref());
    },
    stop() {
      stopped = true;
      for (const one of waiting.values()) clearTimeout(one);
    },
  };
}
