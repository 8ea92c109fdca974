import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type InLine, startable } from './lanes.ts';

const idle = { targets: new Set<string>(), unknown: false, count: 0 };

it('starts changes of different records together, in order', () => {
  const line = ['a', 'b', 'a', 'c'].map((target, index) => ({ n: index + 1, target }));
  expect(startable(line, idle, 4).map(({ n }) => n)).toEqual([1, 2, 4]);
  expect(startable(line, { targets: new Set(['a']), unknown: false, count: 1 }, 1).map(({ n }) => n)).toEqual([2]);
});

it('makes a change of an unknown record alone, and nothing behind it before', () => {
  const line = [
    { n: 1, target: 'a' },
    { n: 2, target: null },
    { n: 3, target: 'b' },
  ];
  expect(startable(line, idle, 4).map(({ n }) => n)).toEqual([1]);
  expect(startable(line.slice(1), { targets: new Set(['a']), unknown: false, count: 1 }, 3)).toEqual([]);
  expect(startable(line.slice(1), idle, 4).map(({ n }) => n)).toEqual([2]);
  expect(startable(line.slice(2), { targets: new Set(), unknown: true, count: 1 }, 4)).toEqual([]);
});

it('keeps the order within a record and ends with all, whatever ends first', () => {
  const targets = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), fc.constant(null)), { maxLength: 60 });
  fc.assert(
    fc.property(targets, fc.integer({ min: 1, max: 8 }), fc.infiniteStream(fc.nat()), (of, room, picks) => {
      let line: readonly InLine[] = of.map((target, index) => ({ n: index + 1, target }));
      let running: readonly InLine[] = [];
      const ended: InLine[] = [];
      while (ended.length < of.length) {
        const busy = {
          targets: new Set(running.flatMap(({ target }) => target ?? [])),
          unknown: running.some(({ target }) => target === null),
          count: running.length,
        };
        const starting = startable(line, busy, room - running.length);
        running = [...running, ...starting];
        line = line.filter((change) => !starting.includes(change));
        const named = running.flatMap(({ target }) => target ?? []);
        expect(new Set(named).size).toBe(named.length);
        if (running.some(({ target }) => target === null)) expect(running).toHaveLength(1);
        expect(running.length).toBeGreaterThan(0);
        expect(running.length).toBeLessThanOrEqual(room);
        const done = running[picks.next().value % running.length] as InLine;
        for (const earlier of ended) if (earlier.target === done.target) expect(earlier.n).toBeLessThan(done.n);
        ended.push(done);
        running = running.filter((change) => change !== done);
      }
    }),
  );
});
