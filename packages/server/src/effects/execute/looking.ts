import type { UpstreamReply, UpstreamRequest } from '@trapkey/contract/upstream.ts';
import type { Held } from './held.ts';

/** A connection that does not say in this time what it declares is called all the same: what is pinned stands until it does. */
const lookWaitMs = 5_000;

/**
 * Waits until what an upstream's connection declares was looked at anew: a tool that changed while nobody was connected is
 * kept out from the first call on. Undefined where the call may go.
 */
export async function movedMeanwhile(
  held: Held,
  request: UpstreamRequest,
  signal: AbortSignal,
  changed: ((connection: string, request: UpstreamRequest) => boolean) | undefined,
): Promise<UpstreamReply | undefined> {
  await Promise.race([held.looking, ended(AbortSignal.any([signal, AbortSignal.timeout(lookWaitMs)]))]);
  held.looking = undefined;
  if (signal.aborted) return { kind: 'unsent', detail: 'not sent' };
  if (!changed?.(held.connection, request)) return undefined;
  const says = `The definition of what was called changed since it was reviewed; the owner of ${held.connection} must review it again`;
  return { kind: 'unsent', detail: 'its definition changed', refusal: { code: 'definition_changed', says } };
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
