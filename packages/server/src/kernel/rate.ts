/** So many at once, so many in a second after that. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const keysMax = 8_192;

/** Lets each key do so much in a time (GCRA): no window at whose edge it would be twice as much. */
export function limitBy({ burst, perSecond }: Rate): (key: string, atMs: number) => boolean {
  const everyMs = 1_000 / perSecond;
  const next = new Map<string, number>();
  return (key, atMs) => {
    const known = next.get(key) ?? 0;
    // Farther ahead than it can be: the clock was set back.
    const due = known > atMs + everyMs * (burst + 1) ? atMs : Math.max(known, atMs);
    if (due - atMs > everyMs * (burst - 1)) return false;
    // Seen last is forgotten last; a full map never grows.
    next.delete(key);
    if (next.size >= keysMax) next.delete(next.keys().next().value ?? '');
    next.set(key, due + everyMs);
    return true;
  };
}
