import fc from 'fast-check';
import { expect, it } from 'vitest';
import { errorsToPause, targetOf, targetsOf } from './steps.ts';

it.each([
  [1, [1]],
  [2, [1, 2]],
  [7, [1, 7]],
  [10, [1, 10]],
  [11, [1, 10, 11]],
  [12, [1, 10, 11, 12]],
  [100, [1, 10, 11, 12, 100]],
  [500, [1, 10, 11, 50, 500]],
  [4_000, [1, 10, 40, 400, 4_000]],
  [100_000, [1, 10, 1_000, 10_000, 100_000]],
])('goes through %i changes by %j', (changes, targets) => {
  expect(targetsOf(changes)).toEqual(targets);
});

it('takes at least one more each step, ends with all, and never skips ahead of what it says', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), (changes) => {
      const targets = targetsOf(changes);
      expect(targets.length).toBeLessThanOrEqual(5);
      expect(targets[0]).toBe(1);
      expect(targets.at(-1)).toBe(changes);
      targets.reduce((before, target) => {
        expect(target).toBeGreaterThan(before);
        return target;
      });
      // One more than the step before is the only reason to go farther than the share says.
      targets.forEach((target, index) => {
        const share = [1, 10, Math.ceil(changes * 0.01), Math.ceil(changes * 0.1), changes][index] ?? 0;
        expect(target).toBe(Math.min(changes, Math.max(share, (targets[index - 1] ?? 0) + 1)));
      });
      expect(targetOf(targets.length + 1, changes)).toBe(changes);
    }),
    { numRuns: 2_000 },
  );
});

it('pauses at the first error of a small step, and at one in a hundred of a large one', () => {
  expect(errorsToPause(0, 1)).toBe(1);
  expect(errorsToPause(50, 500)).toBe(5);
  fc.assert(
    fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 100_000 }), (from, more) => {
      const errors = errorsToPause(from, from + more);
      expect(errors).toBeGreaterThanOrEqual(1);
      expect(errors).toBeGreaterThanOrEqual(more / 100);
      expect(errors - 1).toBeLessThan(Math.max(1, more / 100));
    }),
  );
});
