import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchCatalog } from './worker.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const nothing = { serverInfo: { name: 'x', version: '1' }, capabilities: {}, tools: [], prompts: [], resources: [], resourceTemplates: [] };

test('an upstream that says without end that it changed is looked at ever less often, until it was quiet', async () => {
  const lookedAtMs: number[] = [];
  const watch = watchCatalog({
    catalog: {
      look: async () => {
        lookedAtMs.push(performance.now());
        return false;
      },
    },
    pinned: { reload: async () => undefined },
    connections: () => ['crm'],
    definitions: async () => nothing,
    watch: () => () => undefined,
    unreachable: () => undefined,
    everyMs: 24 * 3_600_000,
  });
  const flood = async (ms: number) => {
    for (let at = 0; at < ms; at += 100) {
      watch.lookSoon('crm');
      await vi.advanceTimersByTimeAsync(100);
    }
  };
  await flood(10 * 60_000);
  const gapsMs = lookedAtMs.slice(1).map((atMs, i) => atMs - (lookedAtMs[i] ?? 0));
  expect(lookedAtMs.length).toBeLessThan(20);
  expect(Math.max(...gapsMs)).toBeLessThanOrEqual(60_200);
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  const before = lookedAtMs.length;
  watch.lookSoon('crm');
  await vi.advanceTimersByTimeAsync(600);
  expect(lookedAtMs).toHaveLength(before + 1);
  watch.stop();
});

test('an upstream that is opened is looked at anew, at once where it was not looked at just before', async () => {
  const lookedAtMs: number[] = [];
  const down = new Set(['crm']);
  const watch = watchCatalog({
    catalog: { look: async () => false },
    pinned: { reload: async () => undefined },
    connections: () => ['crm'],
    definitions: async (connection) => {
      if (down.has(connection)) throw new Error('down');
      lookedAtMs.push(performance.now());
      return nothing;
    },
    watch: () => () => undefined,
    unreachable: () => undefined,
    everyMs: 24 * 3_600_000,
  });
  await watch.lookAtAll();
  down.clear();
  await vi.advanceTimersByTimeAsync(1_000);
  // Whoever opened one waits for the look.
  await Promise.all(Array.from({ length: 50 }, () => watch.opened('crm')));
  expect(lookedAtMs).toHaveLength(1);
  await Promise.all(Array.from({ length: 50 }, () => watch.opened('crm')));
  await vi.advanceTimersByTimeAsync(29_000);
  expect(lookedAtMs).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(lookedAtMs).toHaveLength(2);
  watch.stop();
});

test('one that cannot be looked at is tried again ever later, and keeps nobody waiting meanwhile', async () => {
  let tried = 0;
  const watch = watchCatalog({
    catalog: { look: async () => false },
    pinned: { reload: async () => undefined },
    connections: () => ['crm'],
    definitions: async () => {
      tried++;
      throw new Error('down');
    },
    watch: () => () => undefined,
    unreachable: () => undefined,
    everyMs: 24 * 3_600_000,
  });
  for (let atMs = 0; atMs < 10 * 60_000; atMs += 100) {
    void watch.opened('crm');
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(tried).toBeGreaterThan(10);
  expect(tried).toBeLessThan(40);
  watch.stop();
});
