import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { countSources } from './sources.ts';

const key = randomBytes(32);
const limits = { burst: 3, perSecond: 1, sourcesMax: 4, talliesMax: 4 };
const missing = { code: 'unauthenticated', reason: 'missing' } as const;
const start = Date.parse('2026-06-06T14:22:00Z');

describe('callers without a valid identity', () => {
  it('are one entry for each source and reason, with a count and no address', () => {
    const sources = countSources(key);
    for (let i = 0; i < 500; i++) sources.note('203.0.113.7', missing, start);
    sources.note('203.0.113.7', { code: 'wrong_audience', reason: 'wrong_audience' }, start);
    sources.note('203.0.113.8', missing, start);
    const entries = sources.drain(start + 60_000);
    expect(entries.map(({ code, count }) => [code, count])).toEqual([
      ['unauthenticated', 500],
      ['wrong_audience', 1],
      ['unauthenticated', 1],
    ]);
    expect(entries[0]).toMatchObject({ kind: 'decided', verdict: 'deny', timestamp: '2026-06-06T14:23:00.000Z' });
    expect(entries[0]?.source).toBe(entries[1]?.source);
    expect(entries[0]?.source).not.toBe(entries[2]?.source);
    expect(JSON.stringify(entries)).not.toContain('203.0.113');
    expect(sources.drain(start)).toEqual([]);
  });

  it('are the same source in the next minute, and another under another key', () => {
    const [one, other] = [countSources(key), countSources(randomBytes(32))];
    const digest = (sources: typeof one) => {
      sources.note('203.0.113.7', missing, start);
      return sources.drain(start)[0]?.source;
    };
    expect(digest(one)).toBe(digest(one));
    expect(digest(one)).not.toBe(digest(other));
  });

  it('may try until their attempts are used up, and again after a while', () => {
    const sources = countSources(key, limits);
    for (let i = 0; i < 3; i++) {
      expect(sources.mayTry('a', start)).toBe(true);
      sources.note('a', missing, start);
    }
    expect(sources.mayTry('a', start)).toBe(false);
    expect(sources.mayTry('b', start)).toBe(true);
    expect(sources.mayTry('a', start + 999)).toBe(false);
    expect(sources.mayTry('a', start + 1_000)).toBe(true);
    // A clock that goes back gives nothing.
    sources.note('a', missing, start + 1_000);
    expect(sources.mayTry('a', start)).toBe(false);
  });

  it('of one IPv6 network, or of one IPv4 address however written, are one source', () => {
    const sources = countSources(key);
    for (const address of ['2001:db8:1:2::1', '2001:0DB8:0001:0002:ffff::9', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::1%eth0'])
      sources.note(address, missing, start);
    for (const address of ['192.0.2.1', '::ffff:192.0.2.1']) sources.note(address, missing, start);
    sources.note('2001:db8:1:3::1', missing, start);
    sources.note('::1', missing, start);
    expect(sources.drain(start).map(({ count }) => count)).toEqual([4, 2, 1, 1]);
  });

  it('from any number of addresses take bounded room, and none goes uncounted', () => {
    const sources = countSources(key, limits);
    for (let i = 0; i < 1_000; i++) sources.note(`10.0.${i >> 8}.${i & 255}`, missing, start);
    const entries = sources.drain(start);
    expect(entries).toHaveLength(5);
    expect(entries.at(-1)).toMatchObject({ source: 'others', count: 996 });
    for (let round = 0; round < 3; round++) {
      sources.restore(entries);
      for (let i = 0; i < 100; i++) sources.note(`10.1.${round}.${i}`, missing, start);
    }
    const kept = sources.drain(start);
    expect(kept).toHaveLength(5);
    expect(kept.reduce((sum, { count = 0 }) => sum + count, 0)).toBe(3_300);
  });
});
