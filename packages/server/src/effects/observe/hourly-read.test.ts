import type { EntryFields } from '@trapkey/contract/entry.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../../../../../test/support/databases.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { type OpenRecorder, openRecorder } from '../record/effect.ts';
import { hourlyReachOver, hourMs } from './hourly-read.ts';

const keys = { master: Buffer.alloc(32, 1), names: Buffer.alloc(32, 2) };
const startMs = Date.UTC(2026, 5, 6, 12);

describe.each(databases)('how many a tool reached by the hour, on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let recorder: OpenRecorder;
  beforeEach(async () => {
    at = await fresh();
    recorder = openRecorder({ database: at.database, keys });
  });
  afterEach(async () => {
    await recorder.close();
    await at.drop();
  });
  const sent = (atMs: number, reach: number, tool = 'send'): EntryFields => ({
    ...{ timestamp: rfc3339(atMs), kind: 'executed', call: 'C', connector: 'mail', tool, effect: 'send', outcome: 'done', reach },
  });

  it('is the same whether it was asked before or not, while hours close and leave the window', async () => {
    const asked = hourlyReachOver(at.database);
    for (let hour = 0; hour < 12; hour++) {
      const nowMs = startMs + hour * hourMs + 40 * 60_000;
      await recorder.commit({ entries: [sent(nowMs - 1_000, hour + 1), sent(nowMs - 500, 10), sent(nowMs, 1_000, 'other')] });
      // What waited to be written has a moment of the hour before.
      if (hour > 0) await recorder.commit({ entries: [sent(nowMs - hourMs, 100)] });
      const sinceMs = nowMs - 6 * hourMs;
      const now = await asked('mail', 'send', sinceMs, nowMs);
      expect(now).toEqual(await hourlyReachOver(at.database)('mail', 'send', sinceMs, nowMs));
      expect(now.get(Math.floor(nowMs / hourMs))).toBe(hour + 11);
      expect(Math.min(...now.keys())).toBe(Math.floor(Math.max(startMs, sinceMs) / hourMs));
      if (hour > 1) expect(now.get(Math.floor(nowMs / hourMs) - 2)).toBe(hour - 2 + 11 + 100);
    }
  });
});
