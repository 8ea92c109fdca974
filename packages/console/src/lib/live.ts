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
const readEveryMs = 2_000;
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
      if (live.state === 'live') set({ state: 'connecting' });
      if (failures > 1) void lostOrBusy();
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

/** A gateway that only has too many listeners answers all else: then nothing is lost but being told by itself. */
async function lostOrBusy(): Promise<void> {
  const answers = await fetch('/api/session').then(
    ({ status }) => status < 500,
    () => false,
  );
  if (live.state !== 'live' && !answers) set({ state: 'lost', lostAtMs: live.lostAtMs ?? Date.now() });
}

/** Topics with news that nothing was read again for yet. */
const due = new Set<Topic>();
let readAtMs = 0;
let reading: ReturnType<typeof setTimeout> | undefined;

function heard(queries: QueryClient, topic: Topic, count: number): void {
  // Who may not know how much is new hears only that something is: what they see is theirs and little, so all of it is read again.
  if (count === 0) {
    void queries.invalidateQueries({ predicate: ({ meta }) => topicsOf(meta).includes(topic) && meta?.['whenNew'] !== 'never' });
    return;
  }
  set({ news: { ...live.news, [topic]: (live.news[topic] ?? 0) + count } });
  due.add(topic);
  // At once, and where much happens only every other second: a busy gateway is not asked by each page for each call.
  if (reading === undefined) reading = setTimeout(() => readAgain(queries), Math.max(0, readAtMs + readEveryMs - Date.now()));
}

function readAgain(queries: QueryClient): void {
  reading = undefined;
  readAtMs = Date.now();
  const topics = new Set(due);
  due.clear();
  void queries.invalidateQueries({
    predicate: ({ meta }) => (meta?.['whenNew'] ?? 'refresh') === 'refresh' && topicsOf(meta).some((topic) => topics.has(topic)),
  });
}

function topicsOf(meta: Readonly<Record<string, unknown>> | undefined): readonly Topic[] {
  return (meta?.['topics'] as readonly Topic[] | undefined) ?? [];
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
      void queries.invalidateQueries({ predicate: ({ meta }) => topicsOf(meta).includes(topic) && meta?.['whenNew'] !== 'never' });
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
