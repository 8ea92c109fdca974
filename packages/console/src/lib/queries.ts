import { type UseQueryResult, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Topic } from '@trapkey/contract/api/live.ts';
import type { z } from 'zod';
import { get, post, type Query } from './api.ts';
import { showing, type Watching, type WhenNew } from './news.ts';

interface Asking {
  readonly query?: Query;
  /** What makes it old. */
  readonly topics?: readonly Topic[];
  /** What is done then; a list by itself is read again, one that comes page by page only says that it changed. */
  readonly whenNew?: WhenNew;
  readonly enabled?: boolean;
}

/** Reads an address of the API, keeps it, and reads it again when something of its topics happens. */
export function useGet<T>(path: string, schema: z.ZodType<T>, asking: Asking = {}): UseQueryResult<T> {
  const { query, topics = [], whenNew = 'refresh', enabled = true } = asking;
  const read = (signal?: AbortSignal) => get(path, schema, query, signal);
  return useQuery({
    queryKey: query === undefined ? [path] : [path, query],
    queryFn: ({ signal }) => (whenNew === 'bar' ? showing(topics, () => read(signal)) : read(signal)),
    meta: { topics, whenNew, first: () => read() } satisfies Watching,
    enabled,
    ...(whenNew === 'never' && { staleTime: Number.POSITIVE_INFINITY }),
  });
}

/** Sends what changes something, then reads anew what `old` names: addresses of the API, matched from their start. */
export function usePost<T, B = unknown>(path: string | ((body: B) => string), schema: z.ZodType<T>, old: readonly string[] = []) {
  const queries = useQueryClient();
  return useMutation<T, Error, B>({
    mutationFn: (body) => post(typeof path === 'string' ? path : path(body), schema, body),
    onSuccess: () =>
      queries.invalidateQueries({
        predicate: ({ queryKey: [key], meta }) =>
          typeof key === 'string' && meta?.['whenNew'] !== 'never' && old.some((start) => key.startsWith(start)),
      }),
  });
}

/** A list that the server gives page by page; `next` of each page is where the following one starts. */
export function useGetPages<T extends { readonly next: string | null }>(path: string, schema: z.ZodType<T>, asking: Asking = {}) {
  const { query = {}, topics = [], whenNew = 'bar', enabled = true } = asking;
  const read = (after?: string, signal?: AbortSignal) => get(path, schema, { ...query, after }, signal);
  return useInfiniteQuery({
    queryKey: [path, 'pages', query],
    queryFn: ({ signal, pageParam }) =>
      pageParam === undefined ? showing(topics, () => read(undefined, signal)) : read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    meta: { topics, whenNew, first: () => read() } satisfies Watching,
    enabled,
  });
}
