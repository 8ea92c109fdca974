import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openLease } from './lease.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const opened = () => {
  const lost = vi.fn();
  return { lost, lease: openLease({ stopwatch: () => performance.now(), lost, leaseMs: 1_000 }) };
};

it('does not run out where nobody reads again and again: a command reads once', () => {
  const { lease, lost } = opened();
  lease.renew(performance.now());
  vi.advanceTimersByTime(60_000);
  expect(lease.holds()).toBe(true);
  expect(lost).not.toHaveBeenCalled();
});

it('runs out from when the read began, not from when it was answered', () => {
  const { lease, lost } = opened();
  lease.renew(performance.now());
  lease.start();
  const began = performance.now();
  vi.advanceTimersByTime(900);
  lease.renew(began);
  expect(lease.holds()).toBe(true);
  vi.advanceTimersByTime(100);
  expect(lease.holds()).toBe(false);
  expect(lost).toHaveBeenCalledTimes(1);
});

it('says so once for each time that it runs out, and holds again once read', () => {
  const { lease, lost } = opened();
  lease.renew(performance.now());
  const end = lease.start();
  for (let second = 0; second < 10; second++) {
    vi.advanceTimersByTime(500);
    lease.renew(performance.now());
  }
  expect(lost).not.toHaveBeenCalled();
  vi.advanceTimersByTime(5_000);
  expect(lease.holds()).toBe(false);
  expect(lost).toHaveBeenCalledTimes(1);
  lease.renew(performance.now());
  expect(lease.holds()).toBe(true);
  vi.advanceTimersByTime(1_000);
  expect(lost).toHaveBeenCalledTimes(2);
  end();
  expect(lease.holds()).toBe(true);
});

it('is over at once after a pause in which no timer could fire', () => {
  let nowMs = 0;
  const lease = openLease({ stopwatch: () => nowMs, lost: () => undefined, leaseMs: 1_000 });
  lease.start();
  lease.renew(0);
  expect(lease.holds()).toBe(true);
  nowMs = 600_000;
  expect(lease.holds()).toBe(false);
});

it('an older read that answers late does not shorten what a newer one gave', () => {
  const { lease } = opened();
  lease.start();
  vi.advanceTimersByTime(500);
  lease.renew(performance.now());
  lease.renew(performance.now() - 400);
  vi.advanceTimersByTime(900);
  expect(lease.holds()).toBe(true);
});
