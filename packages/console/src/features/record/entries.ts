import { useInfiniteQuery } from '@tanstack/react-query';
import { recordPage } from '@trapkey/contract/api/record.ts';
import { get } from '../../lib/api.ts';
import { showing, type Watching } from '../../lib/news.ts';

const pageMax = 100;
const topics = ['record'] as const;

/** Entries that a query finds, newest first; a page may be short and still have more below. */
export function useEntries(q: string) {
  const read = (before?: number, signal?: AbortSignal) => get('/api/record', recordPage, { q, max: pageMax, before }, signal);
  const query = useInfiniteQuery({
    queryKey: ['/api/record', 'pages', q],
    queryFn: ({ signal, pageParam }) =>
      pageParam === undefined ? showing(topics, () => read(undefined, signal)) : read(pageParam, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    meta: { topics, whenNew: 'bar', first: () => read() } satisfies Watching,
  });
  return { query, entries: query.data?.pages.flatMap(({ entries }) => entries) ?? [], last: query.data?.pages.at(-1) };
}

/** A query with one more word, or without it where it has it already. */
export function toggled(q: string, field: string, value: string): string {
  const word = `${field}:${/[\s"]/.test(value) ? JSON.stringify(value) : value}`;
  const words = q.split(/\s+/).filter(Boolean);
  return words.includes(word) ? words.filter((one) => one !== word).join(' ') : [...words, word].join(' ');
}
