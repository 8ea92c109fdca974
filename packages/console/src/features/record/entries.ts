import { useInfiniteQuery } from '@tanstack/react-query';
import { recordPage } from '@trapkey/contract/api/record.ts';
import { get } from '../../lib/api.ts';

const pageMax = 100;

/** Entries that a query finds, newest first; a page may be short and still have more below. */
export function useEntries(q: string) {
  const query = useInfiniteQuery({
    queryKey: ['/api/record', 'pages', q],
    queryFn: ({ signal, pageParam }) => get('/api/record', recordPage, { q, max: pageMax, before: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    meta: { topics: ['record'], whenNew: 'bar' },
  });
  return { query, entries: query.data?.pages.flatMap(({ entries }) => entries) ?? [], last: query.data?.pages.at(-1) };
}

/** A query with one more word, or without it where it has it already. */
export function toggled(q: string, field: string, value: string): string {
  const word = `${field}:${/[\s"]/.test(value) ? JSON.stringify(value) : value}`;
  const words = q.split(/\s+/).filter(Boolean);
  return words.includes(word) ? words.filter((one) => one !== word).join(' ') : [...words, word].join(' ');
}
