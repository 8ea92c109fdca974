import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PastLot, plan, standingOf } from './schedule.ts';

const day = 24 * 3_600_000;
/** One batch a day: `+` was clean, `-` was not. */
const lots = (marks: string): readonly PastLot[] => [...marks].map((mark, at) => ({ atMs: at * day, clean: mark === '+' }));
const after = (marks: string) => standingOf(lots(marks), marks.length * day).inspection;
const planned = (marks: string, rest: { attempt?: number; changes?: number; sample?: number } = {}) =>
  plan({ sample: 10, changes: 500, attempt: 1, atMs: marks.length * day, history: lots(marks), ...rest });

describe('the schedule of sampling', () => {
  it('switches as the standard says', () => {
    expect(after('')).toBe('normal');
    expect(after('+'.repeat(14))).toBe('normal');
    expect(after('+'.repeat(15))).toBe('reduced');
    expect(after(`${'+'.repeat(15)}-`)).toBe('normal');
    expect(after(`-${'+'.repeat(14)}`)).toBe('normal');
    expect(after(`-${'+'.repeat(15)}`)).toBe('reduced');
    expect(after('-+++-')).toBe('tightened');
    expect(after('-++++-')).toBe('normal');
    expect(after('--++++')).toBe('tightened');
    expect(after('--+++++')).toBe('normal');
    expect(after('------')).toBe('tightened');
    expect(after('-------')).toBe('whole');
    expect(after('-------+++++')).toBe('tightened');
    expect(after('-------++++++++++')).toBe('normal');
  });

  it('gives each its size', () => {
    expect(planned('')).toMatchObject({ inspection: 'normal', size: 10 });
    expect(planned('+'.repeat(15))).toMatchObject({ inspection: 'reduced', size: 4 });
    expect(planned('--')).toMatchObject({ inspection: 'tightened', size: 20 });
    expect(planned('-------')).toMatchObject({ inspection: 'whole', size: 500 });
    expect(planned('-------', { changes: 3 })).toMatchObject({ size: 3 });
  });

  it('looks harder at each resubmission', () => {
    expect(planned('', { attempt: 2 })).toMatchObject({
      inspection: 'tightened',
      size: 20,
      because: expect.stringContaining('submission 2'),
    });
    expect(planned('', { attempt: 4 })).toMatchObject({ size: 80 });
    expect(planned('--', { attempt: 2 })).toMatchObject({ size: 40 });
    expect(planned('+'.repeat(15), { attempt: 2 })).toMatchObject({ size: 20 });
    expect(planned('', { attempt: 400 })).toMatchObject({ size: 500 });
  });

  it('starts again at normal after a rest', () => {
    const history = lots('+'.repeat(20));
    expect(standingOf(history, 20 * day).inspection).toBe('reduced');
    expect(standingOf(history, 120 * day).inspection).toBe('normal');
    expect(standingOf([...history, { atMs: 120 * day, clean: true }], 121 * day).inspection).toBe('normal');
  });

  it('never draws none, and never more than there is', () => {
    const histories = fc.array(fc.boolean(), { maxLength: 60 });
    fc.assert(
      fc.property(
        histories,
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 9 }),
        (clean, changes, sample, attempt) => {
          const history = clean.map((one, at) => ({ atMs: at * day, clean: one }));
          const { size } = plan({ sample, changes, attempt, history, atMs: clean.length * day });
          expect(size).toBeGreaterThanOrEqual(1);
          expect(size).toBeLessThanOrEqual(changes);
          // One more submission never asks for less.
          expect(plan({ sample, changes, attempt: attempt + 1, history, atMs: clean.length * day }).size).toBeGreaterThanOrEqual(size);
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });
});
