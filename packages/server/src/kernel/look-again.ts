/**
 * Looks at once, whenever something was committed, and every `everyMs` for what a process left that died. Returns how to end
 * it; what a look began is for whoever began it.
 */
export function lookAgain(parts: {
  readonly look: () => void;
  /** Calls back after commits; returns how to unsubscribe. */
  readonly watch: (changed: () => void) => () => void;
  readonly everyMs: number;
}): () => void {
  const { look, watch, everyMs } = parts;
  const unwatch = watch(look);
  const timer = setInterval(look, everyMs);
  timer.unref();
  look();
  return () => {
    clearInterval(timer);
    unwatch();
  };
}
