import type { UpstreamAddress } from '@trapkey/contract/upstream.ts';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startConformanceUpstream } from '../support/conformance-upstream/serve.ts';
import { call, open, textOf } from './opening.ts';

const at = (url: string, privateNetwork = true): UpstreamAddress => ({ kind: 'http', url, privateNetwork });

async function started(eras: 'both' | 'legacy') {
  const server = await startConformanceUpstream({ eras });
  onTestFinished(server.close);
  return server;
}

describe.each(['both', 'legacy'] as const)('an HTTP upstream that speaks %s', (eras) => {
  it('declares everything and answers calls', async () => {
    const upstream = open(at((await started(eras)).url));
    const definitions = await upstream.definitions(new AbortController().signal);
    expect(definitions.serverInfo).toEqual({ name: 'conformance-upstream', version: '1.0.0' });
    expect([
      definitions.tools.length,
      definitions.prompts.length,
      definitions.resources.length,
      definitions.resourceTemplates.length,
    ]).toEqual([28, 5, 3, 1]);
    expect(textOf(await call(upstream, 'test_simple_text'))).toBe('This is a simple text response for testing.');
    expect(await call(upstream, 'no_such_tool')).toMatchObject({ kind: 'error', code: -32602 });
    const read = await upstream.request(
      { method: 'resources/read', params: { uri: 'test://template/7/data' }, clientCapabilities: {} },
      { signal: new AbortController().signal },
    );
    expect(read).toMatchObject({ kind: 'result', result: { contents: [{ uri: 'test://template/7/data' }] } });
  });

  it('reports all of its progress before the answer, without its messages', async () => {
    const upstream = open(at((await started(eras)).url));
    const reported: unknown[] = [];
    const progress = async (...numbers: unknown[]) => {
      await new Promise((later) => setTimeout(later, 5));
      reported.push(numbers);
    };
    await call(upstream, 'test_tool_with_progress', {}, { progress });
    expect(reported).toEqual([
      [0, 100],
      [50, 100],
      [100, 100],
    ]);
  });

  it('is followed when its stream breaks off in the middle', async () => {
    expect(textOf(await call(open(at((await started(eras)).url)), 'test_reconnection'))).toBe('Reconnection test completed successfully.');
  });

  it('is sent what mirrors the arguments', async () => {
    const upstream = open(at((await started(eras)).url));
    expect(textOf(await call(upstream, 'test_x_mcp_header', { region: ' süd ' }))).toBe('region= süd ');
  });

  it('is left alone when a caller cancels, and goes on for others', async () => {
    const upstream = open(at((await started(eras)).url));
    const cancelling = new AbortController();
    const lost = call(upstream, 'test_tool_with_progress', {}, { signal: cancelling.signal, progress: () => cancelling.abort() });
    expect((await lost).kind).toBe('lost');
    expect(textOf(await call(upstream, 'test_simple_text'))).toContain('simple text');
  });

  it('serves many at once', async () => {
    const upstream = open(at((await started(eras)).url), { concurrentMax: 4 });
    const replies = await Promise.all(Array.from({ length: 40 }, () => call(upstream, 'test_simple_text')));
    expect(replies.filter((reply) => reply.kind === 'result')).toHaveLength(40);
  });
});

describe('an upstream of 2026', () => {
  it('gets the capabilities of the caller and sealed state back, round by round', async () => {
    const upstream = open(at((await started('both')).url));
    const capabilities = { elicitation: { form: {} } };
    const params = { name: 'test_input_required_result_multi_round', arguments: {} };
    const listeners = { signal: new AbortController().signal };
    const answer = (content: Record<string, string>) => ({ action: 'accept', content });
    const first = await upstream.request({ method: 'tools/call', params, clientCapabilities: capabilities }, listeners);
    if (first.kind !== 'result') throw new Error(first.kind);
    expect(first.result).toMatchObject({ resultType: 'input_required', inputRequests: { step1: { method: 'elicitation/create' } } });
    const second = await upstream.request(
      {
        method: 'tools/call',
        params: { ...params, inputResponses: { step1: answer({ name: 'Ana' }) }, requestState: first.result['requestState'] ?? null },
        clientCapabilities: capabilities,
      },
      listeners,
    );
    if (second.kind !== 'result') throw new Error(second.kind);
    const third = await upstream.request(
      {
        method: 'tools/call',
        params: { ...params, inputResponses: { step2: answer({ color: 'blue' }) }, requestState: second.result['requestState'] ?? null },
        clientCapabilities: capabilities,
      },
      listeners,
    );
    expect(textOf(third)).toBe('Multi-round complete: Ana likes blue');
  });

  it('is not told that a client can sample when the connection may not relay it', async () => {
    const { url } = await started('both');
    const capabilities = { sampling: {}, elicitation: { form: {} } };
    const asks = async (sampling: boolean) => {
      const reply = await call(open(at(url), {}, { sampling }), 'test_input_required_result_capabilities', {}, {}, capabilities);
      return reply.kind === 'result' ? Object.keys(reply.result['inputRequests'] as object) : reply;
    };
    expect(await asks(true)).toEqual(['user_name', 'greeting']);
    expect(await asks(false)).toEqual(['user_name']);
  });

  it('says when its lists change', async () => {
    const server = await started('both');
    const upstream = open(at(server.url));
    const heard = new Promise((resolve) => upstream.onNotification(resolve));
    await call(upstream, 'test_simple_text');
    server.toolsChanged();
    expect(await heard).toBe('notifications/tools/list_changed');
  });
});

describe('an upstream of 2025', () => {
  it('asks the client through the call whose stream it asks on; nobody there is a decline', async () => {
    const upstream = open(at((await started('legacy')).url), {}, { sampling: true });
    const serverRequest = vi.fn(async () => ({ action: 'accept', content: { response: 'yes' } }));
    expect(textOf(await call(upstream, 'test_elicitation', { message: 'Sure?' }, { serverRequest }))).toContain(
      'action=accept, content={"response":"yes"}',
    );
    expect(textOf(await call(upstream, 'test_elicitation', { message: 'Sure?' }))).toContain('action=decline');
  });

  it('that forgot the session gets a new one, and the call once', async () => {
    const first = await startConformanceUpstream({ eras: 'legacy' });
    const port = Number(new URL(first.url).port);
    const upstream = open(at(first.url));
    await call(upstream, 'test_simple_text');
    await first.close();
    const second = await startConformanceUpstream({ eras: 'legacy', port });
    onTestFinished(second.close);
    // The first try may find its kept connection closed under it; that is said as it is, and the next one works.
    const replies = [await call(upstream, 'test_simple_text'), await call(upstream, 'test_simple_text')];
    expect(textOf(replies[1] as (typeof replies)[0])).toContain('simple text');
  });
});

describe('the door to an HTTP upstream', () => {
  it.each([
    ['http://127.0.0.1:9/mcp', 'must be https'],
    ['https://127.0.0.1:9/mcp', 'private'],
    ['https://[::1]:9/mcp', 'private'],
    ['https://[::ffff:10.0.0.1]/mcp', 'private'],
    ['https://localhost:8443/mcp', 'private'],
    ['https://169.254.169.254/latest', 'no connection may reach'],
    ['https://user:pass@example.com/', 'password'],
  ])('stays shut for %s', async (url, why) => {
    expect(await call(open(at(url, false)), 'x')).toMatchObject({ kind: 'unsent', detail: expect.stringContaining(why) });
  });

  it('stays shut for cloud metadata even where private networks are allowed', async () => {
    expect(await call(open(at('http://169.254.169.254/latest', true)), 'x')).toMatchObject({
      kind: 'unsent',
      detail: expect.stringContaining('no connection may reach'),
    });
  });
});
