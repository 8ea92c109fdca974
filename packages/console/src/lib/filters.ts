import { useNavigate, useRouterState } from '@tanstack/react-router';
import type { z } from 'zod';

/** What a list is of, kept in the address: it can be sent to somebody, and Back goes back. */
export function useFilters<S extends z.ZodObject>(schema: S): readonly [z.output<S>, (change: Partial<z.input<S>>) => void] {
  const search = useRouterState({ select: ({ location }) => location.search as Readonly<Record<string, string>> });
  const navigate = useNavigate();
  const read = schema.safeParse(search);
  // An address that somebody typed wrong is the plain list, not an error.
  const filters = read.success ? read.data : schema.parse({});
  const set = (change: Partial<z.input<S>>) => {
    const next = { ...search, ...change } as Readonly<Record<string, unknown>>;
    const kept = Object.entries(next).filter(([, value]) => value !== undefined && value !== '' && value !== false);
    void navigate({ to: '.', search: Object.fromEntries(kept.map(([key, value]) => [key, String(value)])), replace: true });
  };
  return [filters, set];
}
