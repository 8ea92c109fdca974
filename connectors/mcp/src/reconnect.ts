import type { Session } from './link.ts';
import { wordsOf } from './words.ts';

const firstDelayMs = 250;
const lastDelayMs = 30_000;

/** Holds the one session of an upstream: opened at first use, again when it died, not more often than a growing delay. */
export interface Reconnect {
  session(): Promise<Session>;
  /** Forgets a session that is of no use any more. */
  drop(session: Session): void;
  close(): Promise<void>;
}

/** Starts with no session and no delay. */
export function openReconnect(connect: () => Promise<Session>): Reconnect {
  let current: Promise<Session> | undefined;
  let open: Session | undefined;
  let failures = 0;
  let notBefore = 0;
  let lastError = '';
  let closed = false;

  async function start(): Promise<Session> {
    try {
      const session = await connect();
      if (closed) {
        await session.close();
        throw new Error('this upstream is closed');
      }
      failures = 0;
      open = session;
      return session;
    } catch (error) {
      current = undefined;
      lastError = wordsOf(error);
      notBefore = performance.now() + Math.min(lastDelayMs, firstDelayMs * 2 ** failures++);
      throw error;
    }
  }

  function drop(session: Session): void {
    if (open !== session) return;
    open = undefined;
    current = undefined;
    void session.close().catch(() => undefined);
  }

  return {
    session() {
      if (closed) return Promise.reject(new Error('this upstream is closed'));
      if (open?.dead) drop(open);
      if (current) return current;
      const waitMs = notBefore - performance.now();
      if (waitMs > 0) return Promise.reject(new Error(`it did not start: ${lastError}; the next try is due in ${Math.ceil(waitMs)} ms`));
      current = start();
      return current;
    },
    drop,
    async close() {
      closed = true;
      const session = open ?? (await current?.catch(() => undefined));
      open = undefined;
      current = undefined;
      await session?.close().catch(() => undefined);
    },
  };
}
