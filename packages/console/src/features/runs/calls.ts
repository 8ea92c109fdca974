import { useInfiniteQuery } from '@tanstack/react-query';
import type { RunCalls } from '@trapkey/contract/api/runs.ts';
import type { z } from 'zod';
import { get } from '../../lib/api.ts';

const pageMax = 200;

/** The calls of a run, oldest first, page by page. */
export function useCalls(run: string, schema: z.ZodType<RunCalls>) {
  const path = `/api/runs/${run}/calls`;
  const query = useInfiniteQuery({
    queryKey: [path, 'pages'],
    queryFn: ({ signal, pageParam }) => get(path, schema, { max: pageMax, after: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    meta: { topics: ['runs'], whenNew: 'refresh' },
  });
  return { query, calls: query.data?.pages.flatMap(({ calls }) => calls) ?? [] };
}
