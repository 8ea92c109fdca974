import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useCallback, useEffect, useId, useMemo, useSyncExternalStore } from 'react';
import type { z } from 'zod';

type Search = Readonly<Record<string, string>>;

/** Values of the address that are none, by the list that could not read them. */
let unread: ReadonlyMap<string, readonly string[]> = new Map();
const listeners = new Set<() => void>();

/**
 * What a list is of, kept in the address: it can be sent to somebody, and Back goes back. `step` is for what is gone through
 * one by one: it takes the place of the last.
 */
export function useFilters<S extends z.ZodObject>(
  schema: S,
): readonly [z.output<S>, (change: Partial<z.input<S>>, how?: 'step' | 'choice') => void] {
  const search = useRouterState({ select: ({ location }) => location.search as Search });
  const navigate = useNavigate();
  const { filters, wrong } = useMemo(() => readFilters(schema, search), [schema, search]);
  useSayUnread(wrong);
  const set = useCallback(
    (change: Partial<z.input<S>>, how: 'step' | 'choice' = 'choice') =>
      void navigate({
        to: '.',
        search: (now: Readonly<Record<string, unknown>>) => {
          const kept = Object.entries({ ...now, ...change }).filter(([, value]) => value !== undefined && value !== '' && value !== false);
          return Object.fromEntries(kept.map(([key, value]) => [key, String(value)]));
        },
        replace: how === 'step',
        resetScroll: false,
      }),
    [navigate],
  );
  return [filters, set];
}

/** Each value by itself: one that somebody typed wrong is left out, and takes no other with it. */
export function readFilters<S extends z.ZodObject>(
  schema: S,
  search: Search,
): { readonly filters: z.output<S>; readonly wrong: readonly string[] } {
  const given = Object.entries(schema.shape).filter(([key]) => search[key] !== undefined);
  const wrong = given.filter(([key, one]) => !(one as z.ZodType).safeParse(search[key]).success).map(([key]) => key);
  const right = Object.fromEntries(given.filter(([key]) => !wrong.includes(key)).map(([key]) => [key, search[key]]));
  return { filters: schema.parse(right), wrong: wrong.map((key) => `${key}=${search[key]}`) };
}

/** What of the address was left out, as it stands there. */
export function useUnread(): readonly string[] {
  const all = useSyncExternalStore(subscribe, () => unread);
  return [...new Set([...all.values()].flat())];
}

function useSayUnread(wrong: readonly string[]): void {
  const id = useId();
  useEffect(() => {
    if (wrong.length === 0) return undefined;
    say(new Map([...unread, [id, wrong]]));
    return () => say(new Map([...unread].filter(([key]) => key !== id)));
  }, [id, wrong]);
}

function say(next: typeof unread): void {
  unread = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
