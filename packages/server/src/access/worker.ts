import type { Clock } from '../kernel/clock.ts';
import type { Recorder } from '../kernel/recorder.ts';
import { flushCallers } from './callers/worker.ts';
import type { Access } from './intake.ts';
import { fetchKeys } from './jwt/worker.ts';

const refreshEveryMs = 5_000;

/** The background work of access control. */
export interface AccessWork {
  /** The provider's keys were asked for once, well or not. */
  readonly ready: Promise<void>;
  /** Writes the refused callers that were counted so far. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it: keys of the provider, the minute's entries of refused callers, and revocations also when the watcher is silent. */
export function startAccess(parts: {
  readonly access: Access;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly alarm: (says: string) => void;
}): AccessWork {
  const { access, recorder, clock, alarm } = parts;
  const flusher = flushCallers({ sources: access.sources, recorder, clock });
  const fetcher = access.oidc && fetchKeys({ settings: access.oidc, keys: access.keys, clock, alarm });
  const timer = setInterval(() => void access.refresh(), refreshEveryMs);
  timer.unref();
  return {
    ready: fetcher?.ready ?? Promise.resolve(),
    flush: () => flusher.flush(),
    async stop() {
      clearInterval(timer);
      fetcher?.stop();
      await flusher.stop();
    },
  };
}
