import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mcpConnector } from '@trapkey/connector-mcp/connector.ts';
import { describe, expect, it, vi } from 'vitest';
import { call, open, scratch, stdio, textOf } from './opening.ts';

const bad = (...args: string[]) => stdio(['node', join(import.meta.dirname, 'bad-server.ts'), ...args]);

describe('a process that misbehaves', () => {
  it('is not waited for longer than a call may take, and its other calls go on', async () => {
    const upstream = open(bad(), { callTimeoutMs: 700 });
    const [hung, fine] = await Promise.all([call(upstream, 'hang'), call(upstream, 'echo', { text: 'here' })]);
    expect(hung).toEqual({ kind: 'lost', detail: 'no answer within 700 ms' });
    expect(textOf(fine)).toBe('here');
  });

  it('that dies in the middle loses the call, says how it died, and is started again for the next one', async () => {
    const upstream = open(bad());
    expect(await call(upstream, 'die')).toEqual({ kind: 'lost', detail: 'the process ended (exit code 3)' });
    expect(textOf(await call(upstream, 'echo', { text: 'again' }))).toBe('again');
  });

  it('that cannot start leaves every call unsent, with its last words', async () => {
    const upstream = open(stdio(['node', '-e', 'console.error("no such license"); process.exit(4)']));
    const reply = await call(upstream, 'echo');
    expect(reply.kind).toBe('unsent');
    expect(reply).toMatchObject({ detail: expect.stringContaining('no such license') });
    expect(await call(upstream, 'echo')).toMatchObject({ kind: 'unsent', detail: expect.stringContaining('the next try is due') });
  });

  it('that ends itself at `server/discover` is started as a server of 2025', async () => {
    const upstream = open(bad('dies-at-discover'));
    expect(textOf(await call(upstream, 'echo', { text: 'old' }))).toBe('old');
  });

  it('that floods a call is cut off from it', async () => {
    const upstream = open(bad());
    const progress = vi.fn();
    expect(await call(upstream, 'flood', {}, { progress })).toMatchObject({
      kind: 'garbage',
      detail: expect.stringContaining('notifications'),
    });
    expect(progress.mock.calls.length).toBeLessThanOrEqual(10_000);
    // What goes on after the cut ends the process; the calls that this loses say so, and then it serves again.
    const replies = [];
    while (replies.at(-1)?.kind !== 'result' && replies.length < 3) replies.push(await call(upstream, 'echo', { text: 'dry' }));
    expect(replies.slice(0, -1).every(({ kind }) => kind === 'lost')).toBe(true);
    expect(replies.at(-1)?.kind).toBe('result');
  });

  it('that prints noise between its answers is understood', async () => {
    expect(textOf(await call(open(bad()), 'noise'))).toBe('through the noise');
  });

  it('that answers in no known shape, or over the limit, has answered garbage; it keeps running', async () => {
    const upstream = open(bad());
    const others = call(upstream, 'echo', { text: 'beside' });
    expect(await call(upstream, 'shapeless')).toMatchObject({ kind: 'garbage' });
    expect(await call(upstream, 'oversize')).toEqual({ kind: 'garbage', detail: `the answer is over ${256 * 1024} bytes` });
    expect(textOf(await others)).toBe('beside');
    const [first, second] = [await call(upstream, 'peek', { path: '/' }), await call(upstream, 'peek', { path: '/' })];
    expect(JSON.parse(textOf(first)).pid).toBe(JSON.parse(textOf(second)).pid);
  });

  it('is told when a caller cancels, and the call is lost, not undone', async () => {
    const upstream = open(bad());
    const cancelling = new AbortController();
    const lost = call(upstream, 'hang', {}, { signal: cancelling.signal, progress: () => cancelling.abort() });
    expect((await lost).kind).toBe('lost');
    expect(textOf(await call(upstream, 'cancelled'))).toBe('t-1');
    const before = new AbortController();
    before.abort();
    expect(await call(upstream, 'echo', { text: 'never' }, { signal: before.signal })).toMatchObject({ kind: 'unsent' });
  });
});

describe('what a process sees', () => {
  it('is the variables of its document, a private home, and neither our environment nor the hidden folders', async () => {
    const data = scratch();
    mkdirSync(join(data, 'keys'));
    writeFileSync(join(data, 'keys', 'master.key'), 'secret');
    const home = join(data, 'homes', 'one');
    vi.stubEnv('TRAPKEY_TEST_SECRET', 'do-not-leak');
    const address = { ...bad(), env: { TOKEN: 'named' }, home };
    const upstream = open(address, {}, { hidden: [data] });
    const isolated = await mcpConnector.isolates?.();
    const seen = JSON.parse(textOf(await call(upstream, 'peek', { path: isolated ? data : '/' })));
    vi.unstubAllEnvs();
    const own = JSON.parse(seen.environments.split('\n')[0]);
    expect(Object.keys(own).sort()).toEqual(['HOME', 'LANG', 'PATH', 'TOKEN', ...(own.PWD ? ['PWD'] : [])].sort());
    expect(own.TOKEN).toBe('named');
    expect(seen.cwd).toBe(home);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(own['TRAPKEY_TEST_SECRET']).toBeUndefined();
    if (!isolated) return;
    expect(seen.environments).not.toContain('do-not-leak');
    expect(seen.listing).toBe('homes');
    expect(existsSync(join(data, 'keys', 'master.key'))).toBe(true);
  });

  it('ends with us: closing kills the process and what it started', async () => {
    const upstream = open(stdio(['sh', '-c', `sleep 1000 & exec node ${join(import.meta.dirname, 'bad-server.ts')}`]));
    await call(upstream, 'echo', { text: 'up' });
    const began = performance.now();
    await upstream.close();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await call(upstream, 'echo')).toEqual({ kind: 'unsent', detail: 'this upstream is closed' });
  });
});
