import { type Query, type QueryClient, useQueryClient } from '@tanstack/react-query';
import type { Topic } from '@trapkey/contract/api/live.ts';
import { useSyncExternalStore } from 'react';

/**
 * What a query does when something of its topics happens. `refresh`: it is read again. `bar`: it is only said, until the
 * person asks for it, so that no row moves under their pointer. `never`: reading it leaves an entry in the record.
 */
export type WhenNew = 'refresh' | 'bar' | 'never';

/** What a query carries for that. */
export interface Watching {
  /** The first is the list's own: the bar over it is of that. */
  readonly topics: readonly Topic[];
  readonly whenNew: WhenNew;
  /** The first page anew, without showing it: whether a list changed is seen by it. */
  readonly first?: () => Promise<unknown>;
}

/** How often something was heard of, and how many rows are known to have come. */
interface Fresh {
  readonly times: number;
  readonly rows: number;
}

const none: Fresh = { times: 0, rows: 0 };
const readEveryMs = 2_000;
const listeners = new Set<() => void>();
let news: Readonly<Partial<Record<Topic, Fresh>>> = {};
/** Topics that nothing was read again for yet. */
const due = new Set<Topic>();
let readAtMs = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** What is new of a topic that no list shows yet. */
export function newsOf(topic: Topic): Fresh {
  return news[topic] ?? none;
}

function change(topic: Topic, by: Fresh): void {
  const { times, rows } = newsOf(topic);
  const now = { times: Math.max(0, times + by.times), rows: Math.max(0, rows + by.rows) };
  news = { ...news, [topic]: now.times === 0 ? none : now };
  for (const listener of listeners) listener();
}

/** Something of a topic happened: `rows` are new; with 0 it is not known whether anything here is other than before. */
export function heard(queries: QueryClient, topic: Topic, rows: number): void {
  if (rows > 0) change(topic, { times: 1, rows });
  due.add(topic);
  // A list stays as it is while somebody looks at it, and is read when they come to it again.
  void queries.invalidateQueries({ predicate: isOf(new Set([topic]), 'bar'), refetchType: 'none' });
  // At once; where much happens only every other second: a busy gateway is not asked by each page for each call.
  if (waiting === undefined) waiting = setTimeout(() => readAgain(queries), Math.max(0, readAtMs + readEveryMs - Date.now()));
}

function readAgain(queries: QueryClient): void {
  waiting = undefined;
  readAtMs = Date.now();
  const topics = new Set(due);
  due.clear();
  void queries.invalidateQueries({ predicate: isOf(topics, 'refresh') });
  for (const query of queries.getQueryCache().findAll({ type: 'active', predicate: isOf(topics, 'bar') })) {
    const [own] = watchingOf(query).topics;
    if (own !== undefined) void compare(query, own);
  }
}

function isOf(topics: ReadonlySet<Topic>, how: WhenNew): (query: Query) => boolean {
  return (query) => watchingOf(query).whenNew === how && watchingOf(query).topics.some((topic) => topics.has(topic));
}

/** Says that a list changed where its first page did: what happened to others, or what a filter hides, is no news. */
async function compare(query: Query, topic: Topic): Promise<void> {
  if (newsOf(topic).times > 0) return;
  const read = await watchingOf(query)
    .first?.()
    .catch(() => undefined);
  const { data } = query.state;
  if (read === undefined || data === undefined) return;
  const shown = (data as { readonly pages?: readonly unknown[] }).pages?.[0] ?? data;
  if (JSON.stringify(read) !== JSON.stringify(shown)) change(topic, { times: 1, rows: 0 });
}

function watchingOf({ meta }: Pick<Query, 'meta'>): Watching {
  return { topics: [], whenNew: 'refresh', ...(meta as Partial<Watching> | undefined) };
}

/** Reads the first page of a list; what was new of it before is shown by that, and what comes meanwhile is not. */
export async function showing<T>(topics: readonly Topic[], read: () => Promise<T>): Promise<T> {
  const before = topics.map((topic) => [topic, newsOf(topic)] as const);
  const page = await read();
  for (const [topic, { times, rows }] of before) if (times > 0) change(topic, { times: -times, rows: -rows });
  return page;
}

/** What is new of a topic, and what shows it: reads the lists again that only said so. */
export function useNews(topic: Topic): readonly [Fresh, () => void] {
  const queries = useQueryClient();
  const fresh = useSyncExternalStore(subscribe, () => newsOf(topic));
  return [fresh, () => void queries.invalidateQueries({ predicate: (query) => isOld(query) && watchingOf(query).topics.includes(topic) })];
}

/** Everything is read again, but what leaves an entry: nobody heard what happened meanwhile. */
export function readAll(queries: QueryClient): void {
  void queries.invalidateQueries({ predicate: isOld });
}

function isOld(query: Query): boolean {
  return watchingOf(query).whenNew !== 'never';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
