import { afterEach, expect, it } from 'vitest';
import { type Desk, modern, openDesk, session } from './front.ts';

let desk: Desk;
afterEach(() => desk.gateway.close());

it('serves revision 2026-07-28: discover, list, call', async () => {
  desk = await openDesk();
  const discovered = await (await modern(desk.url, 'server/discover')).json();
  expect(discovered).toMatchObject({
    id: 1,
    result: { resultType: 'complete', supportedVersions: ['2026-07-28'], cacheScope: 'private', instructions: 'Take notes.' },
  });
  const listed = await (await modern(desk.url, 'tools/list')).json();
  expect(listed.result.tools.map((tool: { name: string }) => tool.name)).toEqual(['echo', 'routed']);
  const called = await modern(desk.url, 'tools/call', { name: 'echo', arguments: { text: 'hello' }, surplus: 1 });
  expect(called.headers.get('content-type')).toBe('application/json');
  expect((await called.json()).result).toMatchObject({
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
    client: { name: 'tester' },
  });
});

it.each(['2025-11-25', '2025-06-18', '2025-03-26'])('serves revision %s in a session', async (version) => {
  desk = await openDesk();
  const { initialized, post, id } = await session(desk.url, version);
  expect(initialized.result).toMatchObject({
    protocolVersion: version,
    serverInfo: { name: 'notes' },
    capabilities: { tools: { listChanged: true } },
  });
  expect((await post({ method: 'notifications/initialized' })).status).toBe(202);
  const listed = await (await post({ id: 1, method: 'tools/list' })).json();
  expect(Object.keys(listed.result)).toEqual(['tools']);
  const called = await (await post({ id: 2, method: 'tools/call', params: { name: 'echo', arguments: { text: 'hi' } } })).json();
  expect(called).toEqual({ jsonrpc: '2.0', id: 2, result: { content: [{ type: 'text', text: 'hi' }] } });
  expect(desk.calls[0]?.session).toBe(id);
  expect(await (await post({ id: 3, method: 'ping' })).json()).toEqual({ jsonrpc: '2.0', id: 3, result: {} });
});
