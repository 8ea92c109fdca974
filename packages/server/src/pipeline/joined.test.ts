import { expect, test } from 'vitest';
import { joined } from './joined.ts';

test.each([0, 1])('fires with either, also with one that has fired already (%i)', (which) => {
  const pair = [new AbortController(), new AbortController()] as const;
  const late = joined(pair[0].signal, pair[1].signal);
  expect(late.signal.aborted).toBe(false);
  pair[which as 0 | 1].abort();
  expect(late.signal.aborted).toBe(true);
  expect(joined(pair[0].signal, pair[1].signal).signal.aborted).toBe(true);
});

test('lets go of both', () => {
  const pair = [new AbortController(), new AbortController()] as const;
  const { signal, done } = joined(pair[0].signal, pair[1].signal);
  done();
  for (const one of pair) one.abort();
  expect(signal.aborted).toBe(false);
});
