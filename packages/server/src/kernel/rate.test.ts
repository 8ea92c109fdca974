import { describe, expect, it } from 'vitest';
import { limitBy } from './rate.ts';

describe('a limit', () => {
  it('lets so many through at once, then so many in a second, each key by itself', () => {
    const may = limitBy({ burst: 3, perSecond: 2 });
    expect([1, 2, 3, 4].map(() => may('a', 1_000))).toEqual([true, true, true, false]);
    expect(may('b', 1_000)).toBe(true);
    expect([may('a', 1_499), may('a', 1_500), may('a', 1_500)]).toEqual([false, true, false]);
  });

  it('does not stay shut when the clock is set back', () => {
    const may = limitBy({ burst: 2, perSecond: 1 });
    expect(may('a', 10_000_000)).toBe(true);
    expect(may('a', 0)).toBe(true);
  });
});
