import type { NamePattern } from '../../kernel/rules.ts';

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `30s 5m 1h 7d` in milliseconds; the schema has checked its form. */
export function durationMs(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs] : 0;
}

/** The first millisecond of a day, or the instant. */
export function startMs(text: string): number {
  return Date.parse(text);
}

/** The last millisecond of a day, or the instant: `until: 2027-03-31` holds through that day. */
export function endMs(text: string): number {
  return text.includes('T') ? Date.parse(text) : Date.parse(text) + unitsMs.d - 1;
}

/** A pattern in which `*` stands for anything, anchored at both ends; matched by its literal parts, so never slow. */
export function namePattern(source: string): NamePattern {
  const parts = source.split('*');
  const head = parts[0] ?? '';
  const tail = parts.at(-1) ?? '';
  const middle = parts.slice(1, -1);
  const matches = (name: string): boolean => {
    if (parts.length === 1) return name === source;
    if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
    let at = head.length;
    const end = name.length - tail.length;
    for (const part of middle) {
      const found = name.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
  return { source, matches };
}
