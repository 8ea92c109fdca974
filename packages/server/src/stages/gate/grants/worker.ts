import type { OpenGrants } from './read.ts';

/**
 * Reads the grants again whenever the database changed, and each `pollMs` besides: what expired or was added is known
 * soon. What was revoked is refused at once all the same, where a use is counted. Returns how to end it.
 */
export function watchGrants(parts: {
  readonly grants: Pick<OpenGrants, 'refresh'>;
  readonly watch: (changed: () => void) => () => void;
  readonly pollMs?: number;
}): () => void {
  const { grants, watch, pollMs = 60_000 } = parts;
  let reading: Promise<void> | undefined;
  let again = false;
  const read = (): void => {
    if (reading) {
      again = true;
      return;
    }
    reading = grants.refresh().finally(() => {
      reading = undefined;
      if (!again) return;
      again = false;
      read();
    });
  };
  const unwatch = watch(read);
  const timer = setInterval(read, pollMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    unwatch();
  };
}
