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

/** That there was a read, without what it held. */
export type Mark = Pick<Seen, 'id' | 'source' | 'atMs'>;

/** What is kept for one person; beyond it the oldest is forgotten, and what nobody remembers counts as unknown. */
export interface MemoryLimits {
  readonly windowMs: number;
  readonly rowsMax: number;
  readonly wordsMax: number;
}

export const memoryLimits: MemoryLimits = { windowMs: 8 * 3_600_000, rowsMax: 2_000, wordsMax: 400_000 };

/** The memory of one person's agents, in the order in which it came to be known. */
export interface Memory {
  readonly seen: Map<string, Seen>;
  words: number;
  oldestMs: number;
  /** Until when a forgotten text of outsiders still could have named anything. */
  forgottenUntilMs: number;
  /** How often each origin has a word: most values are in none. */
  readonly present: Readonly<Record<Seen['origin'], Map<number, number>>>;
  /** The latest of each kind, also where there was too much to remember its words. */
  readonly latest: { outsiders: Mark | undefined; sensitive: Mark | undefined };
  /** The newest that was dropped for its age: with a clock that went back, that was too early. */
  agedMs: number;
  /** Up to where the database was read; undefined: not at all yet. */
  upTo: number | undefined;
}

export function emptyMemory(): Memory {
  return {
    seen: new Map(),
    words: 0,
    oldestMs: Number.POSITIVE_INFINITY,
    forgottenUntilMs: 0,
    present: { prompt: new Map(), trusted: new Map(), outsiders: new Map() },
    latest: { outsiders: undefined, sensitive: undefined },
    agedMs: Number.NEGATIVE_INFINITY,
    upTo: undefined,
  };
}

/** Adds what was seen; past the bounds the oldest is forgotten. Nothing is added twice. */
export function remember(memory: Memory, seen: Seen, limits: MemoryLimits = memoryLimits): void {
  if (memory.seen.has(seen.id)) return;
  memory.seen.set(seen.id, seen);
  memory.words += seen.words.length;
  memory.oldestMs = Math.min(memory.oldestMs, seen.atMs);
  const counts = memory.present[seen.origin];
  for (const word of seen.words) counts.set(word, (counts.get(word) ?? 0) + 1);
  if (seen.origin === 'outsiders') mark(memory, 'outsiders', seen);
  if (seen.sensitive) mark(memory, 'sensitive', seen);
  for (const one of memory.seen.values()) {
    if (memory.seen.size <= limits.rowsMax && memory.words <= limits.wordsMax) break;
    if (one.origin === 'outsiders') forgotten(memory, one, limits);
    drop(memory, one);
  }
}

/** A text of outsiders whose words are not remembered. */
export function forgotten(memory: Memory, one: Mark, { windowMs }: MemoryLimits = memoryLimits): void {
  memory.forgottenUntilMs = Math.max(memory.forgottenUntilMs, one.atMs + windowMs);
}

/** That there was one, whatever becomes of its words. */
export function mark(memory: Memory, kind: keyof Memory['latest'], { id, source, atMs }: Mark): void {
  if (atMs >= (memory.latest[kind]?.atMs ?? Number.NEGATIVE_INFINITY)) memory.latest[kind] = { id, source, atMs };
}

/** Drops what is older than the window. */
export function age(memory: Memory, nowMs: number, { windowMs }: MemoryLimits = memoryLimits): void {
  const old = ({ atMs }: Mark) => atMs <= nowMs - windowMs;
  for (const kind of ['outsiders', 'sensitive'] as const) {
    const latest = memory.latest[kind];
    if (!latest || !old(latest)) continue;
    memory.agedMs = Math.max(memory.agedMs, latest.atMs);
    memory.latest[kind] = undefined;
  }
  if (memory.oldestMs > nowMs - windowMs) return;
  memory.oldestMs = Number.POSITIVE_INFINITY;
  for (const one of memory.seen.values()) {
    if (old(one)) {
      memory.agedMs = Math.max(memory.agedMs, one.atMs);
      drop(memory, one);
    } else memory.oldestMs = Math.min(memory.oldestMs, one.atMs);
  }
}

function drop(memory: Memory, one: Seen): void {
  memory.seen.delete(one.id);
  memory.words -= one.words.length;
  const counts = memory.present[one.origin];
  for (const word of one.words) {
    const left = (counts.get(word) ?? 0) - 1;
    if (left > 0) counts.set(word, left);
    else counts.delete(word);
  }
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

/** A read as a rule names it; undefined where there was none. */
export function noteOf(seen: Mark | undefined): ReadNote | undefined {
  return seen && { from: seen.source, call: seen.id.split('/')[0] as string, atMs: seen.atMs };
}
