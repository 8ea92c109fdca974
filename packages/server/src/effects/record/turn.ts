/** What waits for a group to be taken. */
export interface Turn {
  /** Resolves at the end of this turn of the event loop, so that what arrives together is taken together; or once enough waits. */
  end(): Promise<void>;
  /** So many wait now. */
  note(waiting: number): void;
}

/** Ends turns early once `enough` wait: those are on their way while this thread goes on with the others. */
export function openTurn(enough: number): Turn {
  let now: (() => void) | undefined;
  return {
    end: () =>
      new Promise<void>((resolve) => {
        now = resolve;
        setImmediate(resolve);
      }),
    note: (waiting) => {
      if (waiting >= enough) now?.();
    },
  };
}
