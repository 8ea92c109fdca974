import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { policyChecked, policyReplay } from '@trapkey/contract/api/policy.ts';
import { post, Refused } from '../../lib/api.ts';
import { useSettled } from '../../lib/settled.ts';
import type { Texts } from './draft.ts';

const settleMs = 400;
const busyMs = 700;
const busyMax = 30;

/** What the server says of texts while they are written: mistakes with their lines, cases, what would change. */
export function useChecked(texts: Texts, running: string) {
  const settled = useSettled(texts, settleMs);
  const query = useQuery({
    queryKey: ['policy check', running, settled],
    queryFn: ({ signal }) => post('/api/policy/check', policyChecked, { files: settled }, signal),
    // One is checked at a time: what was typed on from is still under way.
    retry: (failures, error) => error instanceof Refused && error.status === 429 && failures < busyMax,
    retryDelay: busyMs,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });
  return { ...query, fresh: settled === texts && !query.isPlaceholderData && query.data !== undefined };
}

/** What the last calls would have been under these texts; asked for, because it costs the server seconds. */
export function useReplay() {
  return useMutation({
    mutationFn: ({ texts, last }: { readonly texts: Texts; readonly last: number }) =>
      post('/api/policy/replay', policyReplay, { files: texts, last }),
  });
}
