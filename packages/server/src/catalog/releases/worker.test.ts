import { expect, test } from 'vitest';
import type { ReleaseSummary } from '../../kernel/releases.ts';
import { remindOfReviews } from './worker.ts';

test('only what is in use and due is told, with since when', async () => {
  const dayMs = 86_400_000;
  const one = { kind: 'plugin', id: 'desk', owner: 'lee@corp.example', state: 'approved', current: true } as unknown as ReleaseSummary;
  const said: string[] = [];
  const { look, stop } = remindOfReviews({
    list: async () => [
      { ...one, version: '1.0.0', reviewDueMs: 10 * dayMs },
      { ...one, version: '2.0.0', reviewDueMs: 13 * dayMs },
      { ...one, version: '3.0.0', reviewDueMs: 10 * dayMs, current: false },
      { ...one, version: '4.0.0', reviewDueMs: undefined },
    ],
    clock: () => 12 * dayMs,
    tell: ({ version }, says) => said.push(`${version} ${says}`),
  });
  await look();
  stop();
  expect(said).toEqual([expect.stringMatching(/^1\.0\.0 The review of plugin desk@1\.0\.0 is due again since 2 days/)]);
});
