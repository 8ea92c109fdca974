const steps = [
  ['second', 1_000, 60_000],
  ['minute', 60_000, 3_600_000],
  ['hour', 3_600_000, 86_400_000],
  ['day', 86_400_000, 30 * 86_400_000],
  ['month', 30 * 86_400_000, 365 * 86_400_000],
  ['year', 365 * 86_400_000, Number.POSITIVE_INFINITY],
] as const;

const letters: Readonly<Record<string, string>> = { second: 's', minute: 'min', hour: 'h', day: 'd', month: 'mo', year: 'y' };

/** How long, in one unit: `4 min`. */
export function span(ms: number): string {
  const long = Math.abs(ms);
  const [unit, size] = steps.find(([, , below]) => long < below) ?? ['year', 365 * 86_400_000];
  return `${Math.floor(long / size)} ${letters[unit]}`;
}

/** From now: `4 min ago`, `in 3 h`. */
export function relative(atMs: number, nowMs: number): string {
  const ms = atMs - nowMs;
  if (Math.abs(ms) < 5_000) return 'now';
  return ms < 0 ? `${span(ms)} ago` : `in ${span(ms)}`;
}

/** To the second, in the person's own zone or in UTC, with the zone said. */
export function absolute(atMs: number, utc: boolean): string {
  return new Intl.DateTimeFormat(undefined, {
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(utc && { timeZone: 'UTC' }),
  }).format(atMs);
}
