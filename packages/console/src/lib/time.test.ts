import { expect, it } from 'vitest';
import { absolute, relative, span } from './time.ts';

const minute = 60_000;

it('says how long in one unit, and whether it is past or to come', () => {
  expect([span(900), span(59_999), span(minute), span(119 * minute), span(25 * 60 * minute)]).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '1 h',
    '1 d',
  ]);
  expect(relative(0, 4 * minute)).toBe('4 min ago');
  expect(relative(3 * 60 * minute, 0)).toBe('in 3 h');
  expect(relative(1_000, 0)).toBe('now');
});

it('names the zone of an exact time', () => {
  expect(absolute(Date.UTC(2026, 1, 3, 4, 5, 6), true)).toMatch(/2026.*04:05:06.*UTC/);
});
