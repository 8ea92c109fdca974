import { z } from 'zod';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const dateTime = z.iso.datetime({ offset: true });
const date = z.iso.date();

/** `30s 5m 1h 7d` before now, an RFC 3339 time, or a date (its first moment, UTC). Undefined when it is none of them. */
export function parseMoment(text: string, nowMs: number): number | undefined {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * unitMs[unit as keyof typeof unitMs];
  const valid = dateTime.safeParse(text).success || date.safeParse(text).success;
  return valid ? Date.parse(text) : undefined;
}
