import { entriesIn } from './entries.ts';
import type { Kept } from './kept.ts';
import { spliced } from './splice.ts';

/** A file put back, or why it cannot be. */
export type Unwrapped =
  | { readonly kind: 'restored'; readonly bytes: Uint8Array }
  /** The file changed since: what was wrapped is as it was, every other change stays. */
  | { readonly kind: 'merged'; readonly bytes: Uint8Array; readonly gone: readonly string[] }
  | { readonly kind: 'conflict'; readonly names: readonly string[] };

/** Puts back what was there: the backup where nothing changed, else each entry that is still as it was written. */
export function unwrapped(kept: Kept, backup: Uint8Array, now: Uint8Array, digestNow: string): Unwrapped {
  if (digestNow === kept.after || digestNow === kept.before) return { kind: 'restored', bytes: backup };
  const text = Buffer.from(now).toString('utf8');
  const before = Buffer.from(backup).toString('utf8');
  const keyOf = (path: readonly string[]) => JSON.stringify(path);
  const olds = new Map(entriesIn(before, kept.file).map((one) => [keyOf(one.path), one] as const));
  const news = new Map(entriesIn(text, kept.file).map((one) => [keyOf(one.path), one] as const));
  const conflicts: string[] = [];
  const gone: string[] = [];
  const parts = kept.entries.flatMap(({ path, wrote }) => {
    const [old, found] = [olds.get(keyOf(path)), news.get(keyOf(path))];
    const name = path.at(-1) ?? '';
    if (!found || !old) {
      gone.push(name);
      return [];
    }
    const { offset, length } = found;
    if (text.slice(offset, offset + length) !== wrote && JSON.stringify(found.value) !== JSON.stringify(JSON.parse(wrote))) {
      conflicts.push(name);
      return [];
    }
    return [{ offset, length, text: before.slice(old.offset, old.offset + old.length) }];
  });
  if (conflicts.length > 0) return { kind: 'conflict', names: conflicts };
  return { kind: 'merged', bytes: Buffer.from(spliced(text, parts), 'utf8'), gone };
}
