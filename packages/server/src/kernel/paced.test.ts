import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { paced } from './paced.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const takes = (ms: number) => () => new Promise<void>((resolve) => setTimeout(resolve, ms));

it('is done at once, and everything asked meanwhile is one more, after a rest', async () => {
  const work = vi.fn(takes(20));
  const { ask } = paced(work);
  ask();
  expect(work).toHaveBeenCalledTimes(1);
  for (let i = 0; i < 1_000; i++) ask();
  await vi.advanceTimersByTimeAsync(199);
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(work).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(work).toHaveBeenCalledTimes(2);
  ask();
  expect(work).toHaveBeenCalledTimes(3);
});

it('keeps a tenth of the time, and rests a second at most', async () => {
  const work = vi.fn(takes(500));
  const { ask } = paced(work);
  for (let ms = 0; ms < 14_900; ms += 10) {
    ask();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(work).toHaveBeenCalledTimes(10);
});

it('does no more once it is stopped', async () => {
  const work = vi.fn(takes(20));
  const { ask, stop } = paced(work);
  ask();
  ask();
  stop();
  await vi.advanceTimersByTimeAsync(10_000);
  ask();
  expect(work).toHaveBeenCalledTimes(1);
});
