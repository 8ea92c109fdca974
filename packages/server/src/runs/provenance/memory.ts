import type { ReadNote, ValueOrigin } from '../../kernel/origins.ts';
import { type Digest, gap, wordsIn } from './words.ts';

/** What one prompt or answer held. */
export interface Seen {
  readonly id: string;
  readonly atMs: number;
  readonly origin: 'prompt' | 'trusted' | 'outsiders';
  /** `connector.tool`, or the session of a prompt. */
  readonly source: string;
  readonly sensitive: boolean;
  readonly words: Uint32Array;
}

/** What is kept for one person; beyond it the oldest is forgotten, and what nobody remembers counts as unknown. */
export interface MemoryLimits {
  readonly windowMs: number;
  readonly rowsMax: number;
  readonly wordsMax: number;
}

export const memoryLimits: MemoryLimits = { windowMs: 8 * 3_600_000, rowsMax: 2_000, wordsMax: 400_000 };

/** The memory of one person's agents, oldest first. */
export interface Memory {
  readonly seen: Map<string, Seen>;
  words: number;
  /** Until when a forgotten text of outsiders still could have named anything. */
  forgottenUntilMs: number;
  /** Words that each origin has: most values are in none. */
  readonly present: Readonly<Record<Seen['origin'], Set<number>>>;
}

export function emptyMemory(): Memory {
  return {
    seen: new Map(),
    words: 0,
    forgottenUntilMs: 0,
    present: { prompt: new Set(), trusted: new Set(), outsiders: new Set() },
  };
}

/** Adds what was seen, and forgets what is too old or too much. Nothing is added twice. */
export function remember(memory: Memory, seen: Seen, limits: MemoryLimits = memoryLimits): void {
  if (memory.seen.has(seen.id)) return;
  memory.seen.set(seen.id, seen);
  memory.words += seen.words.length;
  for (const word of seen.words) memory.present[seen.origin].add(word);
  forget(memory, seen.atMs, limits);
}

/** Drops what is older than the window, then the oldest until the rest is within bounds. */
export function forget(memory: Memory, nowMs: number, limits: MemoryLimits = memoryLimits): void {
  let dropped = false;
  for (const [id, one] of memory.seen) {
    const old = one.atMs <= nowMs - limits.windowMs;
    if (!old && memory.seen.size <= limits.rowsMax && memory.words <= limits.wordsMax) break;
    if (!old && one.origin === 'outsiders') memory.forgottenUntilMs = Math.max(memory.forgottenUntilMs, one.atMs + limits.windowMs);
    memory.seen.delete(id);
    memory.words -= one.words.length;
    dropped = true;
  }
  if (!dropped) return;
  for (const set of Object.values(memory.present)) set.clear();
  for (const one of memory.seen.values()) for (const word of one.words) memory.present[one.origin].add(word);
}

/** Where a value was seen. Compared word by word, so that a part of a longer word is not it. */
export function originOf(memory: Memory, value: string, digest: Digest): ValueOrigin {
  const parts = wordsIn(value, 400);
  if (parts.length === 0) return {};
  const spelled = [parts.map(digest)];
  // An account number is the same in groups of four.
  const compact = value.toLowerCase().replaceAll(/[\s-]/g, '');
  if (parts.length > 1 && compact.length <= 40 && /^[a-z0-9]+$/.test(compact) && /\d/.test(compact)) spelled.push([digest(compact)]);
  const found: { -readonly [K in keyof ValueOrigin]: ValueOrigin[K] } = {};
  for (const origin of ['prompt', 'trusted', 'outsiders'] as const) {
    const words = spelled.find((candidate) => candidate.every((word) => memory.present[origin].has(word)));
    if (!words) continue;
    for (const one of memory.seen.values()) {
      if (one.origin !== origin || !holds(one.words, words)) continue;
      found[origin] = one.source;
      break;
    }
  }
  return found;
}

function holds(all: Uint32Array, words: readonly number[]): boolean {
  const [first] = words;
  for (let at = all.indexOf(first as number); at >= 0; at = all.indexOf(first as number, at + 1))
    if (words.every((word, i) => word !== gap && all[at + i] === word)) return true;
  return false;
}

/** The latest read of a kind; undefined where there was none. */
export function latest(memory: Memory, of: (seen: Seen) => boolean): ReadNote | undefined {
  let found: ReadNote | undefined;
  for (const one of memory.seen.values()) if (of(one)) found = { from: one.source, call: one.id.split('/')[0] as string, atMs: one.atMs };
  return found;
}
