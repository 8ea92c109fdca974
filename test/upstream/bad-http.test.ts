import { expect, it } from 'vitest';
import { startBadHttp } from './bad-http.ts';
import { call, open, textOf } from './opening.ts';

it.each([
  ['hang', 'lost', 'no answer within 600 ms'],
  ['hang_up', 'lost', 'other side closed'],
  ['half', 'lost', 'other side closed'],
  ['overloaded', 'lost', 'HTTP 502'],
  ['silent_stream', 'lost', 'ended without an answer'],
  ['not_json', 'garbage', 'not JSON'],
  ['html', 'garbage', 'text/html'],
  ['other_id', 'garbage', 'another request'],
  ['oversize', 'garbage', 'over 262144 bytes'],
  ['oversize_event', 'garbage', 'over 262144 bytes'],
  ['broken_event', 'garbage', 'not a JSON object'],
  ['flood', 'garbage', 'notifications'],
  ['accepted', 'garbage', 'without an answer'],
  ['redirect', 'unsent', 'redirects are not followed'],
  ['forbidden', 'unsent', 'HTTP 403'],
])('an answer like `%s` is %s, says why, and is asked for once', async (tool, kind, why) => {
  const server = await startBadHttp();
  const upstream = open({ kind: 'http', url: server.url, privateNetwork: true }, { callTimeoutMs: 600 });
  expect(await call(upstream, tool)).toMatchObject({ kind, detail: expect.stringContaining(why) });
  expect(server.calls).toEqual([tool]);
  expect(textOf(await call(upstream, 'fine'))).toBe('fine');
});

it('passes on an error in the protocol as it is, whatever the HTTP status', async () => {
  const server = await startBadHttp();
  const upstream = open({ kind: 'http', url: server.url, privateNetwork: true });
  expect(await call(upstream, 'refused')).toEqual({ kind: 'error', code: -32602, message: 'wrong params', data: { x: 1 } });
});

it('opens a new session when the server forgot it, tries once more, and then says that nothing was sent', async () => {
  const server = await startBadHttp();
  const upstream = open({ kind: 'http', url: server.url, privateNetwork: true });
  expect(await call(upstream, 'gone')).toEqual({ kind: 'unsent', detail: 'the server forgot the session twice' });
  expect(server.calls).toEqual(['gone', 'gone']);
  expect(server.initialized()).toBe(2);
});

it('has certainly not sent what nobody listens for', async () => {
  const upstream = open({ kind: 'http', url: 'http://127.0.0.1:9099/mcp', privateNetwork: true });
  expect(await call(upstream, 'fine')).toMatchObject({ kind: 'unsent', detail: expect.stringContaining('ECONNREFUSED') });
});

it('turns calls away when too many wait, instead of keeping them', async () => {
  const server = await startBadHttp();
  const upstream = open({ kind: 'http', url: server.url, privateNetwork: true }, { concurrentMax: 1, callTimeoutMs: 1_000 });
  const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => call(upstream, n === 0 ? 'hang' : 'fine')));
  const kinds = replies.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'lost')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'result')).toHaveLength(16);
  expect(replies.filter((reply) => reply.kind === 'unsent' && reply.detail.includes('too many calls'))).toHaveLength(3);
});
