import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruledOut, sampleNeeded } from './hypergeometric.ts';

const bits = (mask: number): number => (mask === 0 ? 0 : (mask & 1) + bits(mask >>> 1));

/** Of all samples of a batch, looked at one by one: how many there are, and how many show so few wrong ones. */
function counted(size: number, sampled: number) {
  const samples = Array.from({ length: 2 ** size }, (_, mask) => mask).filter((mask) => bits(mask) === sampled);
  return {
    all: samples.length,
    few: (bad: number, wrong: number) => samples.filter((mask) => bits(mask & (2 ** bad - 1)) <= wrong).length,
  };
}

function binomial(total: number, chosen: number): bigint {
  if (chosen < 0 || chosen > total) return 0n;
  let value = 1n;
  for (let step = 1n; step <= BigInt(chosen); step++) value = (value * (BigInt(total) - BigInt(chosen) + step)) / step;
  return value;
}

describe('what a sample rules out', () => {
  it('says what is in the tables', () => {
    expect(ruledOut({ size: 500, sampled: 10, wrong: 0 }, 0.95)).toBe(129);
    expect([100, 1_000, 10_000].map((size) => sampleNeeded(size, 0.05, 0.95))).toEqual([45, 57, 59]);
    // Without end it is the binomial: 59 for 5 %, 299 for 1 %, 90 at 99 %.
    expect(sampleNeeded(10_000_000, 0.05, 0.95)).toBe(59);
    expect(sampleNeeded(10_000_000, 0.01, 0.95)).toBe(299);
    expect(sampleNeeded(10_000_000, 0.05, 0.99)).toBe(90);
  });

  it('is what counting all samples one by one says, for every batch of up to nine', () => {
    for (let size = 1; size <= 9; size++) {
      for (let sampled = 1; sampled <= size; sampled++) {
        const { all, few } = counted(size, sampled);
        for (const [confidence, over, under] of [
          [0.95, 1, 20],
          [0.9, 1, 10],
          [0.75, 1, 4],
        ] as const) {
          for (let wrong = 0; wrong < sampled; wrong++) {
            let least = wrong + 1;
            while (least <= size && few(least, wrong) * under > all * over) least++;
            expect(ruledOut({ size, sampled, wrong }, confidence), `${wrong} of ${sampled} of ${size}`).toBe(least);
          }
        }
      }
    }
  });

  it('is as small as it can be, in whole numbers', () => {
    const batches = fc
      .integer({ min: 1, max: 1_500 })
      .chain((size) =>
        fc
          .integer({ min: 1, max: size })
          .chain((sampled) =>
            fc.record({ size: fc.constant(size), sampled: fc.constant(sampled), wrong: fc.nat({ max: Math.min(sampled - 1, 6) }) }),
          ),
      );
    const few = ({ size, sampled, wrong }: { size: number; sampled: number; wrong: number }, bad: number) => {
      let draws = 0n;
      for (let seen = 0; seen <= wrong; seen++) draws += binomial(bad, seen) * binomial(size - bad, sampled - seen);
      return draws;
    };
    fc.assert(
      fc.property(batches, (sample) => {
        const least = ruledOut(sample, 0.95) as number;
        const all = binomial(sample.size, sample.sampled);
        expect(few(sample, least) * 20n <= all).toBe(true);
        expect(least - 1 <= sample.wrong || few(sample, least - 1) * 20n > all).toBe(true);
      }),
      { seed: 11, numRuns: 100 },
    );
  });

  it('decides at the line itself: a chance of exactly one in ten is ruled out at 90 %', () => {
    expect(ruledOut({ size: 10, sampled: 9, wrong: 0 }, 0.9)).toBe(1);
    expect(ruledOut({ size: 20, sampled: 19, wrong: 0 }, 0.95)).toBe(1);
    expect(ruledOut({ size: 20, sampled: 18, wrong: 0 }, 0.95)).toBe(2);
    expect(sampleNeeded(100_000, 0.00001, 0.9)).toBe(90_000);
    expect(sampleNeeded(100_000, 0.00001, 0.95)).toBe(95_000);
  });

  it('rules out nothing where nothing was found right, and all else where all was looked at', () => {
    expect(ruledOut({ size: 500, sampled: 0, wrong: 0 }, 0.95)).toBeUndefined();
    expect(ruledOut({ size: 500, sampled: 3, wrong: 3 }, 0.95)).toBeUndefined();
    expect(ruledOut({ size: 0, sampled: 0, wrong: 0 }, 0.95)).toBeUndefined();
    expect(ruledOut({ size: 500, sampled: 500, wrong: 7 }, 0.95)).toBe(8);
    expect(sampleNeeded(0, 0.05, 0.95)).toBe(0);
    expect(sampleNeeded(1, 0.05, 0.95)).toBe(1);
    // 7 % of 1,000 are 70, though 0.07 · 1,000 is a little more in floating point.
    expect(sampleNeeded(1_000, 0.07, 0.95)).toBe(sampleNeeded(1_000, 0.0699, 0.95));
  });

  it('holds for batches of 100,000 with much wrong', () => {
    const half = ruledOut({ size: 100_000, sampled: 5_000, wrong: 2_500 }, 0.95) as number;
    expect(half).toBeGreaterThan(51_000);
    expect(half).toBeLessThan(51_300);
    expect(ruledOut({ size: 100_000, sampled: 59, wrong: 0 }, 0.95)).toBeLessThanOrEqual(5_000);
    expect(ruledOut({ size: 100_000, sampled: 58, wrong: 0 }, 0.95)).toBeGreaterThan(5_000);
  });

  it('takes no sample that cannot be', () => {
    for (const sample of [
      { size: 5, sampled: 6, wrong: 0 },
      { size: 5, sampled: 2, wrong: 3 },
      { size: 5, sampled: 2, wrong: -1 },
      { size: 5.5, sampled: 2, wrong: 0 },
    ]) {
      expect(() => ruledOut(sample, 0.95)).toThrow('no sample');
    }
    for (const confidence of [0, 1, 95, Number.NaN]) {
      expect(() => ruledOut({ size: 5, sampled: 2, wrong: 0 }, confidence)).toThrow('between 0 and 1');
    }
  });
});
