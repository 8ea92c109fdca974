import { describe, expect, it } from 'vitest';
import { openMemories } from './memories.ts';
import { age, emptyMemory, type Memory, type MemoryLimits, noteOf, remember, type Seen } from './memory.ts';

const limits: MemoryLimits = { windowMs: 1_000, rowsMax: 50, wordsMax: 400 };
const origins = ['prompt', 'trusted', 'outsiders'] as const;

/** The same numbers every time, spread like random ones. */
const spread = (at: number, below: number): number => (Math.imul(at + 1, 0x9e3779b1) >>> 7) % below;

const seen = (at: number, atMs: number): Seen => ({
  id: `C${at}/x`,
  atMs,
  origin: origins[spread(at, 3)] as Seen['origin'],
  source: `mail.tool${at}`,
  sensitive: spread(at, 5) === 0,
  words: Uint32Array.from({ length: spread(at * 7, 30) }, (_, i) => spread(at * 31 + i, 60)),
});

/** What a memory would be if it were made anew of the rows that it holds. */
function anew({ seen: rows }: Memory) {
  const all = [...rows.values()];
  const counts = origins.map((origin) => {
    const words = all.filter((one) => one.origin === origin).flatMap((one) => [...one.words]);
    return new Map(words.map((word) => [word, words.filter((other) => other === word).length]));
  });
  return {
    words: all.reduce((sum, one) => sum + one.words.length, 0),
    counts,
    oldestMs: Math.min(...all.map(({ atMs }) => atMs)),
  };
}

describe('the memory of one person', () => {
  it('is after every row what it would be made anew, whatever was forgotten', () => {
    const memory = emptyMemory();
    let nowMs = 0;
    for (let at = 0; at < 2_000; at++) {
      const atMs = at * 30 + spread(at, 200);
      remember(memory, seen(at, atMs), limits);
      nowMs = Math.max(nowMs, atMs);
      age(memory, nowMs, limits);
      if (at % 7 > 0) continue;
      const expected = anew(memory);
      expect(memory.words).toBe(expected.words);
      expect(origins.map((origin) => memory.present[origin])).toEqual(expected.counts);
      expect(memory.oldestMs).toBeLessThanOrEqual(expected.oldestMs);
      expect(Math.max(memory.agedMs, nowMs - limits.windowMs)).toBe(nowMs - limits.windowMs);
      expect(memory.seen.size).toBeLessThanOrEqual(limits.rowsMax);
      expect(memory.words).toBeLessThanOrEqual(limits.wordsMax);
    }
    expect(memory.seen.size).toBeGreaterThan(10);
  });

  it('keeps the latest of a kind for the whole window, also when its words were too many', () => {
    const memory = emptyMemory();
    const words = new Uint32Array(300).fill(7);
    const row = (id: string, atMs: number, origin: Seen['origin'], sensitive = false): Seen => ({
      id,
      atMs,
      origin,
      source: 's',
      sensitive,
      words,
    });
    remember(memory, row('first', 10, 'outsiders', true), limits);
    remember(memory, row('second', 20, 'trusted'), limits);
    expect([...memory.seen.keys()]).toEqual(['second']);
    expect([memory.latest.outsiders?.id, memory.latest.sensitive?.id, memory.forgottenUntilMs]).toEqual(['first', 'first', 1_010]);
    age(memory, 1_009, limits);
    expect(memory.latest.outsiders?.id).toBe('first');
    age(memory, 1_010, limits);
    expect([memory.latest.outsiders, memory.latest.sensitive, memory.agedMs]).toEqual([undefined, undefined, 10]);
  });

  it('names a read as a rule does', () => {
    expect(noteOf(seen(3, 5))).toEqual({ from: 'mail.tool3', call: 'C3', atMs: 5 });
    expect(noteOf(undefined)).toBeUndefined();
  });
});

describe('the memories of many people', () => {
  const fill = (memory: Memory, from: number, count: number) => {
    for (let at = from; at < from + count; at++) remember(memory, seen(at, 10), { ...limits, rowsMax: 1_000, wordsMax: 1_000_000 });
  };

  it('drop whoever was looked at least recently, by people and by words', () => {
    const memories = openMemories({ peopleMax: 3, wordsMax: 1_000_000 });
    for (const person of ['ann', 'bob', 'cem']) memories.change(person, memories.of(person), () => fill(memories.of(person), 0, 2));
    memories.of('ann');
    memories.of('dee');
    expect([memories.of('ann').seen.size, memories.of('cem').seen.size]).toEqual([2, 2]);
    expect(memories.of('bob').seen.size).toBe(0);
  });

  it('count words as they come and go, and keep the one that is worked on', () => {
    const memories = openMemories({ peopleMax: 100, wordsMax: 600 });
    const ann = memories.of('ann');
    memories.change('ann', ann, () => fill(ann, 0, 20));
    const bob = memories.of('bob');
    memories.change('bob', bob, () => fill(bob, 100, 200));
    expect(bob.words).toBeGreaterThan(600);
    expect(memories.of('bob')).toBe(bob);
    // Whoever still holds the dropped one may finish with it, and nothing is counted for it.
    memories.change('ann', ann, () => fill(ann, 1_000, 200));
    memories.change('bob', bob, () => {
      for (const one of [...bob.seen.values()].slice(0, 190)) {
        bob.seen.delete(one.id);
        bob.words -= one.words.length;
      }
    });
    const cem = memories.of('cem');
    memories.change('cem', cem, () => fill(cem, 300, 5));
    expect(memories.of('bob')).toBe(bob);
    expect(memories.of('cem')).toBe(cem);
    expect(memories.of('ann')).not.toBe(ann);
  });
});
