import { describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { measuredWaitsMs, readWait } from '../kernel/client-waits.ts';
import { waitMsOf } from './client-waits.ts';

describe('how long a held call waits', () => {
  it('is as measured, by the name that the client gives itself', () => {
    const waits = (client: string) => waitMsOf(client, [measuredWaitsMs]);
    expect(waits('claude-code')).toBe(110_000);
    expect(waits('Claude-Code')).toBe(110_000);
    expect(waits('claude-ai')).toBe(25_000);
    expect(waits('local-agent-mode-crm')).toBe(25_000);
    expect(waits('claude-code-lookalike')).toBe(20_000);
    expect(waits('*')).toBe(20_000);
    expect(waits('')).toBe(20_000);
  });

  it('is what policy says before what the gateway was started with, and an exact name before its family', () => {
    const tables = [
      { 'acme*': 0, '*': 5_000 },
      { 'acme-desk': 9_000, 'claude-code': 60_000, '*': 20_000 },
    ];
    expect(waitMsOf('acme-desk', tables)).toBe(9_000);
    expect(waitMsOf('acme-web', tables)).toBe(0);
    expect(waitMsOf('claude-code', tables)).toBe(60_000);
    expect(waitMsOf('other', tables)).toBe(5_000);
    expect(waitMsOf('other', [{}])).toBe(0);
  });

  it('is never over 45 s for a client that nobody measured, wherever it was said', () => {
    expect(waitMsOf('other', [{ '*': 90_000 }])).toBe(45_000);
    expect(readWait('*', '46s')).toMatch(/at most 45s/);
    expect(readWait('claude-code', '6m')).toMatch(/at most 5m/);
    expect(readWait('claude-code', 'soon')).toMatch(/no duration/);
    expect(readWait('a*b', '5s')).toMatch(/no client's name/);
    expect(readWait('claude-code', '110s')).toBe(110_000);
    expect(readWait('claude-code', '0s')).toBe(0);
  });

  it('is read from the environment: one time for everyone, or a line for each', () => {
    const read = (value: string) => readConfig({ data: '/tmp/x' }, { TRAPKEY_HELD_WAIT: value }).heldWaitMs;
    expect(read('0s')).toEqual({ '*': 0 });
    expect(read('claude-code=60s, *=10s')).toEqual({ ...measuredWaitsMs, 'claude-code': 60_000, '*': 10_000 });
    expect(readConfig({ data: '/tmp/x' }, {}).heldWaitMs).toBeUndefined();
    expect(() => read('80s')).toThrow(/at most 45s/);
    expect(() => read('claude-code=never')).toThrow('TRAPKEY_HELD_WAIT: "never" is no duration');
    expect(() => read('@/nowhere/waits.json')).toThrow('names /nowhere/waits.json, which is no readable JSON object.');
  });
});
