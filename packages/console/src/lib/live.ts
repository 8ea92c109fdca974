import type { QueryClient } from '@tanstack/react-query';
import { liveEvent, topic } from '@trapkey/contract/api/live.ts';
import { useSyncExternalStore } from 'react';
import { heard, readAll } from './news.ts';

/** `lost` and `unheard` (the gateway answers, and tells this page nothing) are said to the person; `connecting` lasts a moment. */
export type LiveState = 'connecting' | 'live' | 'lost' | 'unheard';

interface Live {
  readonly state: LiveState;
  /** Since when nothing is heard. */
  readonly lostAtMs: number | undefined;
}

const sleepAfterMs = 20_000;
const retryMs = [500, 1_000, 2_000, 5_000, 10_000];
const listeners = new Set<() => void>();
let live: Live = { state: 'connecting', lostAtMs: undefined };

function set(change: Live): void {
  live = change;
  for (const listener of listeners) listener();
}

/** Follows what happens until it is ended. Reads again what got old; lists that must not move only say so. */
export function followLive(queries: QueryClient): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let sleep: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let missed = false;
  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    source = new EventSource('/api/live');
    source.onopen = () => {
      // What happened in between was not heard: all of it is read again.
      if (missed) readAll(queries);
      [failures, missed] = [0, false];
      set({ state: 'live', lostAtMs: undefined });
    };
    source.onmessage = ({ data }) => {
      const event = liveEvent.safeParse(JSON.parse(String(data)));
      if (event.success) heard(queries, event.data.topic, event.data.count);
    };
    source.onerror = () => {
      close();
      failures++;
      missed = true;
      if (live.state === 'live') set({ state: 'connecting', lostAtMs: undefined });
      if (failures > 1) void lostOrUnheard(queries);
      retry = setTimeout(open, retryMs[Math.min(failures, retryMs.length) - 1]);
    };
  };
  // A browser has few connections to one host, and a person few listeners: a page that nobody looks at needs none.
  const look = () => {
    clearTimeout(sleep);
    if (document.visibilityState === 'hidden') {
      sleep = setTimeout(() => {
        missed = true;
        close();
        if (live.state === 'live') set({ state: 'connecting', lostAtMs: undefined });
      }, sleepAfterMs);
    } else if (source === undefined) open();
  };
  document.addEventListener('visibilitychange', look);
  open();
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    clearTimeout(sleep);
    close();
  };
}

/** A gateway that only has too many listeners answers all else: then the page asks now and then, and says that it does. */
async function lostOrUnheard(queries: QueryClient): Promise<void> {
  const status = await fetch('/api/session').then(
    (reply) => reply.status,
    () => undefined,
  );
  if (live.state === 'live') return;
  if (status === undefined || status >= 500) return set({ state: 'lost', lostAtMs: live.lostAtMs ?? Date.now() });
  // Whoever is signed out is led to the sign-in by reading their session.
  if (status === 401) return void queries.invalidateQueries({ queryKey: ['/api/session'] });
  set({ state: 'unheard', lostAtMs: undefined });
  for (const each of topic.options) heard(queries, each, 0);
}

/** Whether what is shown is kept up to date. */
export function useLiveState(): Live {
  return useSyncExternalStore(subscribe, () => live);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
