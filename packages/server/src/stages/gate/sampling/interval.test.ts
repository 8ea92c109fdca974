import { describe, expect, it } from 'vitest';
import { cleanNeeded, rateAtLeast, rateAtMost } from './interval.ts';

describe('the interval of Clopper and Pearson', () => {
  it('is what the tables say (both sides at 95 %)', () => {
    for (const [good, total, low, high] of [
      [0, 10, 0, 0.3085],
      [8, 10, 0.4439, 0.9748],
      [1, 20, 0.0013, 0.2487],
      [50, 100, 0.3983, 0.6017],
      [95, 100, 0.8872, 0.9836],
      [10, 10, 0.6915, 1],
    ] as const) {
      expect(rateAtLeast({ good, total }, 0.975)).toBeCloseTo(low, 4);
      expect(rateAtMost({ good, total }, 0.975)).toBeCloseTo(high, 4);
    }
  });

  it('has a closed form where all was good', () => {
    for (const total of [1, 10, 59, 299, 100_000]) expect(rateAtLeast({ good: total, total }, 0.95)).toBeCloseTo(0.05 ** (1 / total), 10);
    expect([0.9, 0.95, 0.99].map((rate) => cleanNeeded(rate, 0.95))).toEqual([29, 59, 299]);
  });

  it('covers the true rate at least as often as it says, whatever that rate is', () => {
    for (const total of [5, 30]) {
      const bounds = Array.from({ length: total + 1 }, (_, good) => rateAtLeast({ good, total }, 0.95));
      for (let rate = 0.01; rate < 1; rate += 0.01) {
        let chance = rate ** 0 * (1 - rate) ** total;
        let missed = 0;
        for (let good = 0; good <= total; good++) {
          if ((bounds[good] as number) > rate) missed += chance;
          chance *= ((total - good) / (good + 1)) * (rate / (1 - rate));
        }
        expect(missed).toBeLessThanOrEqual(0.05 + 1e-9);
      }
    }
  });

  it('knows nothing of nothing, and takes no series that cannot be', () => {
    expect(rateAtLeast({ good: 0, total: 0 }, 0.95)).toBe(0);
    expect(rateAtMost({ good: 0, total: 0 }, 0.95)).toBe(1);
    expect(() => rateAtLeast({ good: 3, total: 2 }, 0.95)).toThrow('no series');
    expect(() => rateAtLeast({ good: 1, total: 2 }, 1)).toThrow('between 0 and 1');
    expect(() => cleanNeeded(1, 0.95)).toThrow('between 0 and 1');
  });
});
