import { afterEach, describe, expect, it } from 'vitest';
import { type Desk, envelope, modern, openDesk, path, read, send, session } from './front.ts';

let desk: Desk;
afterEach(() => desk.gateway.close());

describe('revision 2026-07-28', () => {
  it('serves discover, list and call without a session', async () => {
    desk = await openDesk();
    expect(await read(modern(desk.url, 'server/discover'))).toMatchObject({
      id: 1,
      result: { resultType: 'complete', supportedVersions: ['2026-07-28'], cacheScope: 'private', instructions: 'Take notes.' },
    });
    const listed = await read(modern(desk.url, 'tools/list'));
    expect(listed.result).toMatchObject({ tools: [{ name: 'echo' }, { name: 'routed' }], cacheScope: 'private' });
    const called = await modern(desk.url, 'tools/call', { name: 'echo', arguments: { text: 'hello' }, surplus: 1 });
    expect(called.headers.get('content-type')).toBe('application/json');
    expect((await read(called)).result).toMatchObject({
      content: [{ type: 'text', text: 'hello' }],
      resultType: 'complete',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'notes' } },
    });
    expect(desk.calls).toHaveLength(1);
    expect(desk.calls[0]).toMatchObject({
      method: 'tools/call',
      name: 'echo',
      args: { text: 'hello' },
      extra: {},
      endpoint: { plugin: 'desk', version: '1.0.0', connector: 'notes' },
      client: { name: 'tester', version: '1' },
      credential: { person: 'ann' },
      session: undefined,
    });
  });

  const call = { name: 'echo', arguments: {} };
  it.each([
    ['another method in the header', 'tools/call', call, { 'mcp-method': 'tools/list' }, 400, -32020],
    ['another name in the header', 'tools/call', call, { 'mcp-name': 'delete_all' }, 400, -32020],
    ['broken Base64 in the header', 'tools/call', call, { 'mcp-name': '=?base64?ZWNob?=' }, 400, -32020],
    ['another version in the header', 'tools/list', {}, { 'mcp-protocol-version': '2025-11-25' }, 400, -32020],
    [
      'a version that nobody speaks',
      'tools/list',
      { _meta: { 'io.modelcontextprotocol/protocolVersion': '2031-01-01' } },
      { 'mcp-protocol-version': '2031-01-01' },
      400,
      -32022,
    ],
    ['no capabilities', 'tools/list', { _meta: { 'io.modelcontextprotocol/clientCapabilities': null } }, {}, 400, -32602],
    ['an unknown method', 'tools/destroy', {}, {}, 404, -32601],
    ['a method of the older era', 'logging/setLevel', { level: 'info' }, {}, 404, -32601],
    [
      'a capability the upstream lacks',
      'completion/complete',
      { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'a', value: '' } },
      {},
      404,
      -32601,
    ],
    ['arguments that are no object', 'tools/call', { name: 'echo', arguments: [1] }, {}, 200, -32602],
    ['an argument without its header', 'tools/call', { name: 'routed', arguments: { region: 'eu' } }, {}, 400, -32020],
    [
      'an argument with another header',
      'tools/call',
      { name: 'routed', arguments: { region: 'eu' } },
      { 'mcp-param-region': 'us' },
      400,
      -32020,
    ],
  ])('refuses %s, and nothing is called', async (_what, method, params, headers, status, code) => {
    desk = await openDesk();
    const answer = await modern(desk.url, method, params as never, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(await read(answer)).toMatchObject({ id: 1, error: { code } });
    expect(desk.calls).toHaveLength(0);
    expect((await modern(desk.url, 'tools/call', call)).status).toBe(200);
  });

  it('takes a mirrored name and argument in Base64', async () => {
    desk = await openDesk();
    const region = 'Zürich';
    const wrapped = `=?base64?${Buffer.from(region).toString('base64')}?=`;
    const answer = await modern(
      desk.url,
      'tools/call',
      { name: 'routed', arguments: { region } },
      { 'mcp-param-region': wrapped, 'mcp-name': '=?base64?cm91dGVk?=' },
    );
    expect(answer.status).toBe(200);
    expect(desk.calls[0]?.args).toEqual({ region });
  });

  it('never serves a modern header without its envelope as an older request', async () => {
    desk = await openDesk();
    const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'echo' } });
    const answer = await send(desk.url, body, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' });
    expect(answer.status).toBe(400);
    expect(await read(answer)).toMatchObject({ id: 7, error: { code: -32602 } });
    const init = JSON.stringify({
      jsonrpc: '2.0',
      id: 8,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {} },
    });
    expect(await read(send(desk.url, init, { 'mcp-protocol-version': '2026-07-28' }))).toMatchObject({ error: { code: -32020 } });
    expect(desk.calls).toHaveLength(0);
  });
});

describe('the older revisions', () => {
  it.each(['2025-11-25', '2025-06-18', '2025-03-26'])('serves %s in a session', async (version) => {
    desk = await openDesk();
    const { initialized, post, id } = await session(desk.url, version);
    expect(initialized.result).toMatchObject({
      protocolVersion: version,
      serverInfo: { name: 'notes' },
      capabilities: { tools: { listChanged: true } },
    });
    expect((await post({ method: 'notifications/initialized' })).status).toBe(202);
    expect(Object.keys((await read(post({ id: 1, method: 'tools/list' }))).result)).toEqual(['tools']);
    const called = await read(post({ id: 2, method: 'tools/call', params: { name: 'echo', arguments: { text: 'hi' } } }));
    expect(called).toEqual({ jsonrpc: '2.0', id: 2, result: { content: [{ type: 'text', text: 'hi' }] } });
    expect(desk.calls[0]?.session).toBe(id);
    expect(await read(post({ id: 3, method: 'ping' }))).toEqual({ jsonrpc: '2.0', id: 3, result: {} });
    expect(await read(post({ id: 4, method: 'no/such' }))).toMatchObject({ id: 4, error: { code: -32601 } });
  });

  it('answers an unknown revision with the newest of its era', async () => {
    desk = await openDesk();
    expect((await session(desk.url, '1999-01-01')).initialized.result).toMatchObject({ protocolVersion: '2025-11-25' });
  });

  it('binds a session to who opened it, and ends it for good', async () => {
    desk = await openDesk();
    const mine = await session(desk.url);
    const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect((await send(desk.url, ping, { ...mine.headers, authorization: 'Bearer bob' })).status).toBe(404);
    expect((await send(desk.url, ping, { 'mcp-session-id': 'made-up' })).status).toBe(404);
    expect((await send(desk.url, ping)).status).toBe(400);
    const other = await fetch(desk.url, { method: 'DELETE', headers: { ...mine.headers, authorization: 'Bearer bob' } });
    expect(other.status).toBe(404);
    expect((await mine.post({ id: 1, method: 'ping' })).status).toBe(200);
    expect((await fetch(desk.url, { method: 'DELETE', headers: mine.headers })).status).toBe(200);
    expect((await mine.post({ id: 2, method: 'ping' })).status).toBe(404);
  });

  it('takes batches in 2025-03-26 only, answered in one array', async () => {
    desk = await openDesk();
    const old = await session(desk.url, '2025-03-26');
    const batch = [
      { id: 1, method: 'ping' },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/call', params: { name: 'echo', arguments: { text: 'b' } } },
    ];
    const answers = (await (await old.post(batch)).json()) as { id: number }[];
    expect(answers.map((answer) => answer.id).sort()).toEqual([1, 2]);
    const newer = await session(desk.url, '2025-11-25');
    expect((await newer.post(batch)).status).toBe(400);
    const smuggled = [{ id: 1, method: 'tools/call', params: { name: 'echo', _meta: envelope } }];
    expect((await newer.post(smuggled)).status).toBe(400);
    expect(desk.calls).toHaveLength(1);
  });

  it('keeps as many sessions of one credential as the limit says, the newest', async () => {
    desk = await openDesk({ sessionsPerCredentialMax: 2 });
    const [first, second, third] = [await session(desk.url), await session(desk.url), await session(desk.url)];
    const bob = await session(desk.url, '2025-11-25', {}, 'bob');
    expect((await first.post({ id: 1, method: 'ping' })).status).toBe(404);
    for (const one of [second, third, bob]) expect((await one.post({ id: 1, method: 'ping' })).status).toBe(200);
  });
});

it('answers what no session is needed for: health and resource metadata', async () => {
  desk = await openDesk();
  const { origin } = new URL(desk.url);
  expect(await (await fetch(`${origin}/healthz`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${origin}/.well-known/oauth-protected-resource${path}`)).json()).toEqual({
    resource: `https://gateway.example${path}`,
  });
  expect((await fetch(`${origin}/.well-known/oauth-protected-resource/p/x`)).status).toBe(404);
  expect((await fetch(`${origin}/anything`)).status).toBe(404);
});
