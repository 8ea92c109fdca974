import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { post } from '../../lib/api.ts';

/** One of several acts on the same thing, each an address under it. */
export function useAct<T>(base: string, schema: z.ZodType<T>) {
  const queries = useQueryClient();
  return useMutation<T, Error, { readonly act: string; readonly body: object }>({
    mutationFn: ({ act, body }) => post(`${base}/${act}`, schema, body),
    onSuccess: () =>
      queries.invalidateQueries({
        predicate: ({ queryKey: [key] }) => typeof key === 'string' && /^\/api\/(?:batches|undos|home)/.test(key),
      }),
  });
}
