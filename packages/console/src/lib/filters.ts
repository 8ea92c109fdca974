import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { z } from 'zod';

/** What a list is of, kept in the address: it can be sent to somebody, and Back goes back. */
export function useFilters<S extends z.ZodObject>(schema: S): readonly [z.output<S>, (change: Partial<z.input<S>>) => void] {
  const search = useRouterState({ select: ({ location }) => location.search as Readonly<Record<string, string>> });
  const navigate = useNavigate();
  const filters = useMemo(() => {
    const read = schema.safeParse(search);
    // An address that somebody typed wrong is the plain list, not an error.
    return read.success ? read.data : schema.parse({});
  }, [schema, search]);
  const set = useCallback(
    (change: Partial<z.input<S>>) =>
      void navigate({
        to: '.',
        search: (now: Readonly<Record<string, unknown>>) => {
          const kept = Object.entries({ ...now, ...change }).filter(([, value]) => value !== undefined && value !== '' && value !== false);
          return Object.fromEntries(kept.map(([key, value]) => [key, String(value)]));
        },
        replace: true,
      }),
    [navigate],
  );
  return [filters, set];
}
