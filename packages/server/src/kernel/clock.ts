/** Time comes with the call, so that a decision can be replayed. Milliseconds since the epoch. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

let last = { atMs: Number.NaN, text: '' };

/** RFC 3339, UTC, milliseconds. Calls come many in a millisecond, so the last text is kept. */
export function rfc3339(atMs: number): string {
  if (atMs !== last.atMs) last = { atMs, text: new Date(atMs).toISOString() };
  return last.text;
}
