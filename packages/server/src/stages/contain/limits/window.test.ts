import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Charge, LimitRule } from '../../../kernel/limit-rules.ts';
import { type Pocket, take } from './take.ts';
import { type Counter, emptyCounter, lease, settledAt, usedOf } from './window.ts';

const windowMs = 600_000;

function chargeOf(max: number, units: number): Charge {
  const rule = { id: 'limits/plugin/p/records', measure: 'records', max, mode: 'enforce', windowMs } as unknown as LimitRule;
  return { rule, key: 'k', scope: 'k', units, windowMs, who: 'plugin p' };
}

const acts = fc.array(
  fc.record({
    node: fc.constantFrom('a', 'b', 'c'),
    units: fc.integer({ min: 1, max: 30 }),
    passMs: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 200_000 })),
    returns: fc.boolean(),
    dies: fc.integer({ min: 0, max: 30 }).map((die) => die === 0),
  }),
  { minLength: 1, maxLength: 200 },
);

/** Plays processes that take, use what they hold, give back and die; gives when what was let through. */
function played(max: number, script: readonly { node: string; units: number; passMs: number; returns: boolean; dies: boolean }[]) {
  let counter: Counter = emptyCounter;
  let nowMs = 1_000_000;
  const pockets = new Map<string, Pocket>();
  const admitted: { readonly atMs: number; readonly units: number }[] = [];
  let refusedThoughFree = 0;
  for (const { node, units, passMs, returns, dies } of script) {
    nowMs += passMs;
    const held = pockets.get(node);
    // A process that is alive uses its block within a second, or gives it back at its next act.
    const fresh = held && nowMs - held.atMs < 1_000;
    if (held && fresh && held.unused >= units && !returns) {
      pockets.set(node, { ...held, unused: held.unused - units });
      admitted.push({ atMs: nowMs, units });
      continue;
    }
    const inWindow = admitted.filter(({ atMs }) => atMs > nowMs - windowMs * 1.05).reduce((sum, one) => sum + one.units, 0);
    const taken = take(counter, chargeOf(max, units), { node, nowMs, pocket: held });
    if (taken.ok) {
      counter = taken.counter;
      pockets.delete(node);
      admitted.push({ atMs: nowMs, units });
      if (taken.granted > 0 && !dies)
        pockets.set(node, { granted: taken.granted, unused: taken.granted, atMs: nowMs, charge: chargeOf(max, 1) });
    } else if (inWindow + units <= max && pockets.size === 0 && Object.keys(counter.leases).length === 0 && counter.lost === 0)
      refusedThoughFree++;
  }
  return { admitted, refusedThoughFree, counter, nowMs };
}

test('no window of its length ever holds more than the limit, whoever takes, gives back or dies', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), acts, (max, script) => {
      const { admitted } = played(max, script);
      for (const { atMs: end } of admitted) {
        const inside = admitted.filter(({ atMs }) => atMs <= end && atMs > end - windowMs);
        expect(inside.reduce((sum, one) => sum + one.units, 0)).toBeLessThanOrEqual(max);
      }
    }),
    { numRuns: 500 },
  );
});

test('what fits into the window and one slice more is let through, where nothing was lost', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), acts, (max, script) => {
      expect(played(max, script).refusedThoughFree).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('a generic cell rate of the same numbers would let twice as much through: why it is slices', () => {
  const [max, interval] = [100, windowMs / 100];
  let arrivalMs = 0;
  let through = 0;
  for (let atMs = 0; atMs <= windowMs; atMs += interval / 10) {
    const next = Math.max(arrivalMs, atMs);
    if (next - atMs > windowMs - interval) continue;
    arrivalMs = next + interval;
    through++;
  }
  expect(through).toBeGreaterThan(1.9 * max);
});

test('a block of a process that says nothing is written off as used, and said', () => {
  const held = lease({ ...emptyCounter, slices: [[0, 40]] }, 'a', 40, 0);
  const later = settledAt(held, undefined, 4_000, 'b');
  expect([usedOf(later), later.lost, later.leases]).toEqual([40, 40, {}]);
});
