import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
const everyMs = 10_000;
let ticking: ReturnType<typeof setInterval> | undefined;
let now = Date.now();
let aheadMs = 0;

/** The server's clock is the one that decides when something expires. */
export function keepClock(serverNowMs: number): void {
  aheadMs = serverNowMs - Date.now();
  now = Date.now() + aheadMs;
}

/** Now by the server's clock, as of the last tick: one timer for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    now = Date.now() + aheadMs;
    for (const one of listeners) one();
  }, everyMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}
