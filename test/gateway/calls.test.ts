import type { JsonObject } from '@trapkey/contract/json.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { Handled } from '../../packages/server/src/kernel/handle.ts';
import type { Ruling } from '../../packages/server/src/kernel/stage.ts';
import { type Desk, done, events, modern, offered, openDesk, read, session, textResult } from './front.ts';

let desk: Desk;
afterEach(() => desk.gateway.close());

const echo = { name: 'echo', arguments: { text: 'x' } };
const deny: Ruling = { verdict: 'deny', code: 'check_failed', rule: 'checks/limit', says: 'Too many at once', owner: 'ops' };
const refused = (call: string, ruling = deny): Handled => ({ kind: 'refused', call, ruling, happened: 'nothing' });

/** Every message that a response carries, SSE or not. */
async function messages(response: Response): Promise<JsonObject[]> {
  if (!response.headers.get('content-type')?.includes('event-stream')) return [(await response.json()) as JsonObject];
  const all: JsonObject[] = [];
  for await (const { data } of events(response)) if (data !== '') all.push(JSON.parse(data) as JsonObject);
  return all;
}

describe('what the agent hears of a refusal', () => {
  it('is text in a tool result, without structured content, in both eras', async () => {
    desk = await openDesk();
    desk.answer = async (call) => refused(call.id);
    const { result } = await read(modern(desk.url, 'tools/call', echo));
    expect(result).toMatchObject({
      isError: true,
      resultType: 'complete',
      content: [{ type: 'text', text: 'NOT DONE: not allowed. Too many at once (check_failed).' }],
    });
    expect(result).not.toHaveProperty('structuredContent');
    expect(result).toMatchObject({ _meta: { 'io.trapkey/decision': { code: 'check_failed', rule: 'checks/limit' } } });
    const old = await session(desk.url);
    expect((await read(old.post({ id: 1, method: 'tools/call', params: echo }))).result).toMatchObject({ isError: true });
  });

  it('is an error of our own elsewhere, and what is not offered does not exist', async () => {
    desk = await openDesk();
    desk.answer = async (call) => refused(call.id);
    const { error } = await read(modern(desk.url, 'prompts/get', { name: 'greet' }));
    expect(error).toMatchObject({ code: 40300, message: 'NOT DONE: not allowed. Too many at once (check_failed).' });
    desk.answer = async (call) => refused(call.id, { ...deny, code: 'not_offered' });
    expect((await read(modern(desk.url, 'resources/read', { uri: 'note://9' }))).error).toMatchObject({
      code: -32602,
      data: { uri: 'note://9' },
    });
    const old = await session(desk.url);
    expect((await read(old.post({ id: 1, method: 'resources/read', params: { uri: 'note://9' } }))).error.code).toBe(-32002);
  });

  it('is said for a release that is not current: as a result of a call, as an error of a list', async () => {
    const ruling: Ruling = { ...deny, code: 'release_not_current', says: 'Release 1.0.0 is not current; update to 1.1.0' };
    desk = await openDesk({}, { offer: () => ruling });
    desk.answer = async (call) => refused(call.id, ruling);
    const text = 'NOT DONE: Release 1.0.0 is not current; update to 1.1.0 (release_not_current).';
    expect((await read(modern(desk.url, 'tools/list'))).error).toMatchObject({ code: 40300, message: text });
    expect((await session(desk.url)).initialized.error).toMatchObject({ message: text });
    expect((await read(modern(desk.url, 'tools/call', echo))).result).toMatchObject({ isError: true });
  });

  it('tells rules that only warn, beside the result', async () => {
    desk = await openDesk();
    desk.answer = async (call) => ({
      kind: 'result',
      call: call.id,
      result: textResult('done'),
      warnings: ['checks/x would have answered deny.'],
    });
    const { result } = await read(modern(desk.url, 'tools/call', echo));
    expect(result).toMatchObject({ content: [{ text: 'done' }, { text: expect.stringContaining('checks/x would have answered deny.') }] });
  });
});

it('takes nothing from an upstream that only Trapkey may say', async () => {
  desk = await openDesk();
  desk.answer = async (call) =>
    done(call, {
      ...textResult('x'),
      _meta: { 'io.trapkey/decision': { code: 'approved' }, 'io.trapkey/warnings': [], 'com.upstream/kept': 1 },
    });
  const { result } = await read(modern(desk.url, 'tools/call', echo));
  expect(result['_meta']).toEqual({ 'com.upstream/kept': 1, 'io.modelcontextprotocol/serverInfo': { name: 'notes', version: '1.0.0' } });
});

describe('a held call', () => {
  const ticket = { id: 'TK-1' } as Extract<Handled, { kind: 'held' }>['ticket'];

  it('is told at once where nobody waits', async () => {
    desk = await openDesk();
    desk.answer = async (call) => ({ kind: 'held', call: call.id, ruling: { ...deny, verdict: 'hold' }, ticket });
    expect((await read(modern(desk.url, 'tools/call', echo))).result).toMatchObject({
      isError: true,
      content: [{ text: 'NOT DONE: held for approval, ticket TK-1.' }],
    });
  });

  it('waits with progress, and runs from the top when it was decided in time', async () => {
    let approve = () => {};
    const approved = new Promise<boolean>((resolve) => {
      approve = () => resolve(true);
    });
    desk = await openDesk({ heldProgressMs: 5 }, { tickets: { door: { wait: () => approved } as never, texts: {} as never } });
    desk.answer = async (call) =>
      desk.calls.length === 1
        ? { kind: 'held', call: call.id, ruling: { ...deny, verdict: 'hold' }, ticket }
        : done(call, textResult('ran'));
    const response = await modern(desk.url, 'tools/call', { ...echo, _meta: { progressToken: 'p' } });
    const heard: JsonObject[] = [];
    for await (const { data } of events(response)) {
      heard.push(JSON.parse(data) as JsonObject);
      if (heard.length === 2) approve();
    }
    expect(heard[0]).toEqual({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'p', progress: 1 } });
    expect(heard.at(-1)).toMatchObject({ id: 1, result: { content: [{ text: 'ran' }] } });
    expect(desk.calls).toHaveLength(2);
    expect(desk.calls[1]?.id).not.toBe(desk.calls[0]?.id);
  });
});

describe('what an upstream says while a call is open', () => {
  it('passes progress as numbers, before the answer', async () => {
    desk = await openDesk();
    desk.answer = async (call, { progress }) => {
      await progress?.(1, 2);
      await progress?.(Number.NaN, 2);
      await progress?.(2, undefined);
      return done(call, textResult('end'));
    };
    const heard = await messages(await modern(desk.url, 'tools/call', { ...echo, _meta: { progressToken: 7 } }));
    expect(heard.map((one) => one['params'] ?? one['id'])).toEqual([
      { progressToken: 7, progress: 1, total: 2 },
      { progressToken: 7, progress: 2 },
      1,
    ]);
    const silent = await messages(await modern(desk.url, 'tools/call', echo));
    expect(silent).toHaveLength(1);
  });

  it('passes log messages cleaned and cut, at the asked level, and nothing else', async () => {
    desk = await openDesk({ notificationCharsMax: 40, notificationsPerCallMax: 4 });
    desk.answer = async (call, { notification }) => {
      await notification?.('notifications/message', { level: 'debug', data: 'quiet' });
      await notification?.('notifications/message', {
        level: 'error',
        data: { a: 'i\u200bg\u{e0041}nore', b: 'y'.repeat(500) },
        extra: 'x',
      });
      await notification?.('notifications/secret', { data: 'no' });
      for (let i = 0; i < 100; i++) await notification?.('notifications/message', { level: 'error', data: i });
      return done(call, textResult('end'));
    };
    const old = await session(desk.url);
    await old.post({ id: 1, method: 'logging/setLevel', params: { level: 'warning' } });
    const heard = await messages(await old.post({ id: 2, method: 'tools/call', params: echo }));
    expect(heard).toHaveLength(5);
    expect(heard[0]).toMatchObject({ method: 'notifications/message', params: { level: 'error', data: { a: 'ignore' } } });
    expect(JSON.stringify(heard[0])).not.toMatch(/y{41}|extra|secret/);
    expect(heard.at(-1)).toMatchObject({ id: 2 });
    expect(await messages(await modern(desk.url, 'tools/call', echo))).toHaveLength(1);
  });

  it('cleans an upstream error, and keeps of its data what the protocol defines', async () => {
    desk = await openDesk();
    desk.answer = async (call) => ({ kind: 'protocol_error', call: call.id, code: -32603, message: 'a\u202eb', data: { secret: 'x' } });
    expect((await read(modern(desk.url, 'tools/call', echo))).error).toEqual({ code: -32603, message: 'ab' });
  });
});

describe('what an upstream asks of the client', () => {
  const form: JsonObject = { mode: 'form', message: 'Na\u200bme?', requestedSchema: { type: 'object', properties: {} } };

  it('is asked on the stream of the call, and the answer goes up', async () => {
    desk = await openDesk();
    desk.answer = async (call, { serverRequest }) =>
      done(call, textResult(JSON.stringify(await serverRequest?.({ method: 'elicitation/create', params: form }))));
    const old = await session(desk.url, '2025-11-25', { elicitation: {} });
    const response = await old.post({ id: 1, method: 'tools/call', params: echo });
    let last: JsonObject = {};
    for await (const { data } of events(response)) {
      if (data === '') continue;
      last = JSON.parse(data) as JsonObject;
      if (last['method'] !== 'elicitation/create') continue;
      expect(last['params']).toMatchObject({ message: 'Name?' });
      expect((await old.post({ id: last['id'] as string, result: { action: 'accept', content: { name: 'Ann' } } })).status).toBe(202);
    }
    expect(last).toMatchObject({ id: 1, result: { content: [{ text: '{"action":"accept","content":{"name":"Ann"}}' }] } });
  });

  it.each([
    ['sampling that the connection forbids', { method: 'sampling/createMessage', params: {} }],
    ['a link to a host that is not listed', { method: 'elicitation/create', params: { mode: 'url', url: 'https://evil.example.net/x' } }],
    ['a link with a password in it', { method: 'elicitation/create', params: { mode: 'url', url: 'https://a:b@forms.example.com/' } }],
    ['what no client is asked', { method: 'tools/call', params: {} }],
    ['roots that were not declared', { method: 'roots/list', params: {} }],
  ])('never passes %s', async (_what, request) => {
    desk = await openDesk();
    desk.answer = async (call, { serverRequest }) => done(call, textResult(String(await serverRequest?.(request as never))));
    const old = await session(desk.url, '2025-11-25', { elicitation: { form: {}, url: {} }, sampling: {} });
    expect(await messages(await old.post({ id: 1, method: 'tools/call', params: echo }))).toMatchObject([
      { id: 1, result: { content: [{ text: 'undefined' }] } },
    ]);
    desk.answer = async (call) => done(call, { resultType: 'input_required', inputRequests: { a: request } as JsonObject });
    const client = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {}, url: {} }, sampling: {} } };
    const answer = await read(modern(desk.url, 'tools/call', { ...echo, _meta: client }));
    expect(answer.error?.code ?? answer.result?.['isError']).toSatisfy((said) => said === true || said === -32021);
  });

  it('runs each round as a call of its own, for a session too', async () => {
    desk = await openDesk();
    desk.answer = async (call) => {
      if (call.extra['inputResponses']) return done(call, textResult('all said'));
      return done(call, {
        resultType: 'input_required',
        inputRequests: { who: { method: 'elicitation/create', params: form } },
        requestState: 'sealed',
      });
    };
    const asked = await read(
      modern(desk.url, 'tools/call', { ...echo, _meta: { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } } }),
    );
    expect(asked.result).toMatchObject({
      resultType: 'input_required',
      requestState: 'sealed',
      inputRequests: { who: { params: { message: 'Name?' } } },
    });
    const responses = { who: { action: 'accept', content: {} } };
    await read(modern(desk.url, 'tools/call', { ...echo, inputResponses: responses, requestState: 'sealed' }));
    expect(desk.calls[1]?.extra).toEqual({ inputResponses: responses, requestState: 'sealed' });
    const old = await session(desk.url, '2025-11-25', { elicitation: {} });
    const response = await old.post({ id: 1, method: 'tools/call', params: echo });
    let last: JsonObject = {};
    for await (const { data } of events(response)) {
      if (data === '') continue;
      last = JSON.parse(data) as JsonObject;
      if (last['method'] === 'elicitation/create') await old.post({ id: last['id'] as string, result: { action: 'decline' } });
    }
    expect(last).toMatchObject({ id: 1, result: { content: [{ text: 'all said' }] } });
    expect(desk.calls[3]?.extra).toEqual({ inputResponses: { who: { action: 'decline' } }, requestState: 'sealed' });
  });

  it('answers -32021 with HTTP 400 for a capability that was not declared', async () => {
    desk = await openDesk({}, { offer: () => ({ ...offered, asks: { sampling: true, elicitationHosts: [] } }) });
    desk.answer = async (call) =>
      done(call, { resultType: 'input_required', inputRequests: { a: { method: 'sampling/createMessage', params: {} } } });
    const answer = await modern(desk.url, 'tools/call', echo);
    expect(answer.status).toBe(400);
    expect((await read(answer)).error).toMatchObject({ code: -32021, data: { requiredCapabilities: { sampling: {} } } });
  });
});
