import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw, seedCommitment } from './draw.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const seedOf = (number: number) => createHash('sha256').update(`seed ${number}`).digest();
const root = hash('root');

/** The same draw, written as it is explained: a whole shuffled row, and one number after the other. */
function plainly(seed: Uint8Array, digests: readonly string[], size: number): readonly string[] {
  const row = [...digests].sort();
  const stream: number[] = [];
  for (let counter = 0n; counter < 64n; counter++) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(counter);
    const block = createHmac('sha256', seed)
      .update(Buffer.concat([Buffer.from('trapkey sample draw 1\n'), Buffer.from(root, 'hex'), bytes]))
      .digest();
    for (let at = 0; at < 32; at += 4) stream.push(block.readUInt32BE(at));
  }
  for (let at = 0; at < size; at++) {
    const bound = row.length - at;
    let word = stream.shift() as number;
    while (word >= 2 ** 32 - (2 ** 32 % bound)) word = stream.shift() as number;
    const other = at + (word % bound);
    [row[at], row[other]] = [row[other] as string, row[at] as string];
  }
  return row.slice(0, size);
}

describe('the draw of a sample', () => {
  it('is the shuffle that it says it is', () => {
    const digests = Array.from({ length: 300 }, (_, at) => hash(`change ${at}`));
    for (let number = 0; number < 20; number++) {
      const drawn = draw({ seed: seedOf(number), root, digests, size: 40 });
      expect(drawn.map(({ digest }) => digest)).toEqual(plainly(seedOf(number), digests, 40));
    }
  });

  it('stays as it is: what was drawn once can be drawn again from seed and root by anybody', () => {
    const digests = Array.from({ length: 500 }, (_, at) => hash(`change ${at}`));
    expect(draw({ seed: seedOf(1), root, digests, size: 5 }).map(({ position }) => position)).toMatchInlineSnapshot(`
      [
        102,
        230,
        202,
        32,
        243,
      ]
    `);
  });

  it('cannot be steered: contents and order of an agent decide nothing that it could know', () => {
    const contents = fc.uniqueArray(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(contents, fc.infiniteStream(fc.nat()), fc.nat({ max: 40 }), fc.nat(), (texts, keys, size, number) => {
        const digests = texts.map(hash);
        const order = texts.map((text, at) => ({ key: keys.next().value, at, text })).sort((a, b) => a.key - b.key || a.at - b.at);
        const seed = seedOf(number);
        const one = draw({ seed, root, digests, size });
        const other = draw({ seed, root, digests: order.map(({ text }) => hash(text)), size });
        // The same changes, whatever order they came in …
        expect(other.map(({ digest }) => digest)).toEqual(one.map(({ digest }) => digest));
        // … and the same positions, whatever they say.
        const different = draw({ seed, root, digests: texts.map((text) => hash(`other ${text}`)), size });
        expect(different.map(({ position }) => position)).toEqual(one.map(({ position }) => position));
        // Without replacement, as many as asked for, and each is where it says.
        expect(new Set(one.map(({ index }) => index)).size).toBe(Math.min(size, texts.length));
        for (const { index, position, digest } of one) {
          expect(digests[index]).toBe(digest);
          expect([...digests].sort()[position]).toBe(digest);
        }
        // Drawing on is no new draw.
        expect(draw({ seed, root, digests, size: size + 3 }).slice(0, one.length)).toEqual(one);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('gives each ordered sample the same chance: all 120 of three out of six, over 24,000 seeds', () => {
    const digests = Array.from({ length: 6 }, (_, at) => hash(`change ${at}`));
    const counts = new Map<string, number>();
    for (let number = 0; number < 24_000; number++) {
      const key = draw({ seed: seedOf(number), root, digests, size: 3 })
        .map(({ position }) => position)
        .join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(120);
    const chiSquare = [...counts.values()].reduce((sum, seen) => sum + (seen - 200) ** 2 / 200, 0);
    // 119 degrees of freedom: 173.6 is passed once in a thousand, and 80 not reached about as seldom.
    expect(chiSquare).toBeLessThan(173.6);
    expect(chiSquare).toBeGreaterThan(80);
  });

  it('takes equal changes as they come, since none differs from the other', () => {
    const digests = [hash('a'), hash('a'), hash('a'), hash('b')];
    const drawn = draw({ seed: seedOf(3), root, digests, size: 4 });
    expect(drawn.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3]);
    expect(draw({ seed: seedOf(3), root, digests: [...digests].reverse(), size: 4 }).map(({ digest }) => digest)).toEqual(
      drawn.map(({ digest }) => digest),
    );
  });

  it('refuses a seed that can be guessed, a root that binds nothing and a size that is none', () => {
    const digests = [hash('a')];
    expect(() => draw({ seed: new Uint8Array(16), root, digests, size: 1 })).toThrow('can be guessed');
    expect(() => seedCommitment(new Uint8Array(31))).toThrow('can be guessed');
    expect(() => draw({ seed: seedOf(1), root: 'abc', digests, size: 1 })).toThrow('64 lower-case hex digits');
    for (const size of [-1, 1.5, Number.NaN]) expect(() => draw({ seed: seedOf(1), root, digests, size })).toThrow('whole number');
    expect(draw({ seed: seedOf(1), root: `sha256:${root}`, digests: [], size: 10 })).toEqual([]);
  });

  it('commits to a seed by its hash', () => {
    expect(seedCommitment(new Uint8Array(32))).toBe('sha256:66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925');
  });
});
