/** Time comes with the call, so that a decision can be replayed. Milliseconds since the epoch. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** RFC 3339, UTC, milliseconds. */
export function rfc3339(atMs: number): string {
  return new Date(atMs).toISOString();
}
