import { useInfiniteQuery } from '@tanstack/react-query';
import { changePage } from '@trapkey/contract/api/batches.ts';
import { get } from '../../lib/api.ts';

/** Changes of a batch that are of a choice: a state, the sample, what is shown beside it. */
export function useChanges(batch: string, state: string) {
  const path = `/api/batches/${batch}/changes`;
  const query = useInfiniteQuery({
    queryKey: [path, 'pages', state],
    queryFn: ({ signal, pageParam }) => get(path, changePage, { state, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    meta: { topics: ['batches'], whenNew: 'refresh' },
  });
  return { query, changes: query.data?.pages.flatMap(({ changes }) => changes) ?? [] };
}
