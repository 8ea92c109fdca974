/** A signal of two. `done` lets go of both. */
export interface Joined {
  readonly signal: AbortSignal;
  readonly done: () => void;
}

/**
 * Fires with whichever of the two fires first. Not AbortSignal.any: that holds by weak references, which only a full
 * collection clears, so that everything of every call would outlive it.
 */
export function joined(one: AbortSignal, other: AbortSignal): Joined {
  const both = new AbortController();
  const fire = (): void => both.abort();
  if (one.aborted || other.aborted) fire();
  one.addEventListener('abort', fire);
  other.addEventListener('abort', fire);
  return {
    signal: both.signal,
    done: () => {
      one.removeEventListener('abort', fire);
      other.removeEventListener('abort', fire);
    },
  };
}
