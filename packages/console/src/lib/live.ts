import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { liveEvent, type Topic } from '@trapkey/contract/api/live.ts';
import { useSyncExternalStore } from 'react';

/** `lost` is said to the person; `connecting` lasts a moment. */
export type LiveState = 'connecting' | 'live' | 'lost';

interface Live {
  readonly state: LiveState;
  /** Since when nothing is heard. */
  readonly lostAtMs: number | undefined;
  /** What came of each topic since its list was read. */
  readonly news: Readonly<Partial<Record<Topic, number>>>;
}

const sleepAfterMs = 20_000;
const retryMs = [500, 1_000, 2_000, 5_000, 10_000];
const listeners = new Set<() => void>();
let live: Live = { state: 'connecting', lostAtMs: undefined, news: {} };

function set(change: Partial<Live>): void {
  live = { ...live, ...change };
  for (const listener of listeners) listener();
}

/** Follows what happens until it is ended. Reads again what got old; lists that must not move only count. */
export function followLive(queries: QueryClient): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let slept = false;
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    source = new EventSource('/api/live');
    source.onopen = () => {
      // What happened in between was not heard: all of it is read again.
      if (failures > 0 || slept) void queries.invalidateQueries({ predicate: ({ meta }) => meta?.['whenNew'] !== 'never' });
      [failures, slept] = [0, false];
      set({ state: 'live', lostAtMs: undefined });
    };
    source.onmessage = ({ data }) => {
      const event = liveEvent.safeParse(JSON.parse(String(data)));
      if (event.success) heard(queries, event.data.topic, event.data.count);
    };
    source.onerror = () => {
      close();
      failures++;
      if (failures > 1) set({ state: 'lost', lostAtMs: live.lostAtMs ?? Date.now() });
      timer = setTimeout(open, retryMs[Math.min(failures, retryMs.length) - 1]);
    };
  };
  // A browser has few connections to one host: a page that nobody looks at needs none.
  const look = () => {
    if (document.visibilityState === 'visible') {
      if (source === undefined && slept) open();
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      slept = true;
      close();
    }, sleepAfterMs);
  };
  document.addEventListener('visibilitychange', look);
  open();
  return () => {
    document.removeEventListener('visibilitychange', look);
    close();
  };
}

function heard(queries: QueryClient, topic: Topic, count: number): void {
  const about = (meta: Readonly<Record<string, unknown>> | undefined) =>
    (meta?.['topics'] as readonly Topic[] | undefined)?.includes(topic);
  // Who may not know how much is new hears only that something is: what they see is theirs and little, so it is read again.
  void queries.invalidateQueries({ predicate: ({ meta }) => about(meta) === true && (count === 0 || meta?.['whenNew'] !== 'bar') });
  if (count > 0) set({ news: { ...live.news, [topic]: (live.news[topic] ?? 0) + count } });
}

/** Whether what is shown is kept up to date. */
export function useLiveState(): Pick<Live, 'state' | 'lostAtMs'> {
  return useSyncExternalStore(subscribe, () => live);
}

/** How much is new of a topic, and what shows it: reads the lists again that only counted. */
export function useNews(topic: Topic): readonly [number, () => void] {
  const queries = useQueryClient();
  const count = useSyncExternalStore(subscribe, () => live.news[topic] ?? 0);
  return [
    count,
    () => {
      seen(topic);
      void queries.invalidateQueries({
        predicate: ({ meta }) => (meta?.['topics'] as readonly Topic[] | undefined)?.includes(topic) === true,
      });
    },
  ];
}

/** A list of this topic was just read: nothing is new. */
export function seen(topic: Topic): void {
  if (live.news[topic]) set({ news: { ...live.news, [topic]: 0 } });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
