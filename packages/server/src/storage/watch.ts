/** What a poll of a database answers: the same text while nothing changed. */
export type Marks = () => string | Promise<string>;

/**
 * Calls back when stops, policies or tickets changed, also from another process; and at every look while the database
 * cannot be read, so that whoever fails closed learns of it.
 */
export function poll(marks: Marks, onChange: () => void, intervalMs: number): { readonly look: () => void; readonly stop: () => void } {
  let last: string | undefined;
  let looking = false;
  let stopped = false;
  const look = async () => {
    if (looking || stopped) return;
    looking = true;
    let now: string | undefined;
    try {
      now = await marks();
    } catch {
      now = undefined;
    }
    looking = false;
    const changed = now === undefined || (last !== undefined && now !== last);
    last = now ?? '';
    if (changed && !stopped) onChange();
  };
  const timer = setInterval(look, intervalMs);
  timer.unref();
  void look();
  return {
    look: () => void look(),
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}
