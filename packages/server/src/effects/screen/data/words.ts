import type { Seen } from './seen.ts';

const number = new Intl.NumberFormat('en-US');

/** What was kept back, for the model that reads the rest; undefined where nothing was. */
export function keptBack(seen: Seen, owner: string): string | undefined {
  const parts = [
    ...[...seen.removed].map(([column, times]) => `column ${JSON.stringify(column.slice(0, 64))} (${number.format(times)})`),
    ...[...seen.masked].map(([name, times]) => `what looks like ${name.replaceAll('_', ' ')} (${number.format(times)})`),
    ...(seen.foreign > 0 ? [`rows of others (${number.format(seen.foreign)})`] : []),
    ...(seen.cut ? [`rows ${number.format(seen.cut.to + 1)} to ${number.format(seen.cut.of)} of ${number.format(seen.cut.of)}`] : []),
  ];
  if (parts.length === 0) return undefined;
  return `Kept back by policy: ${parts.slice(0, 20).join('; ')}. Nothing else was changed. Who can change this: ${owner}.`;
}

/** The same for the record, in its short words. */
export function screenedWords(seen: Seen): readonly string[] {
  return [
    ...(seen.removed.size > 0 ? ['columns'] : []),
    ...[...seen.masked.keys()].map((name) => `masked:${name}`),
    ...(seen.foreign > 0 ? ['rows_of_others'] : []),
    ...(seen.cut ? ['rows_cut'] : []),
    ...[...seen.classes].map((name) => `class:${name}`),
  ];
}
