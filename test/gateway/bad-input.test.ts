import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type Desk, done, modern, openDesk, path, read, send, session, textResult } from './front.ts';

let desk: Desk;
afterEach(() => desk.gateway.close());

const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' };
const meta = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}';
const calling = (args: string) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":${args},${meta}}}`;

/** The gateway still serves, and nothing of the bad request was called. */
async function servesStill(): Promise<void> {
  expect(desk.calls).toHaveLength(0);
  const answer = await modern(desk.url, 'tools/call', { name: 'echo', arguments: { text: 'still here' } });
  expect((await read(answer)).result).toMatchObject({ content: [{ text: 'still here' }] });
}

describe('a body that is not I-JSON', () => {
  it.each([
    ['cut off', '{"jsonrpc":"2.0","id":1,"method":', 'it ends too early (line 1, column 34 in /method)'],
    ['not JSON at all', 'hello', 'a value was expected (line 1, column 1)'],
    ['empty', '', 'it ends too early'],
    ['a duplicate key', calling('{"to":"ann","to":"eve"}'), 'the key "to" stands twice in one object'],
    ['an unsafe integer', calling('{"amount":9007199254740993}'), 'an integer is beyond'],
    ['half a surrogate pair', calling('{"s":"\\ud800"}'), 'half of a surrogate pair'],
    ['__proto__', calling('{"__proto__":{"admin":true}}'), 'the key "__proto__" is not allowed'],
    ['nested too deeply', calling(`${'['.repeat(5_000)}${']'.repeat(5_000)}`), 'nested more than 64 deep'],
  ])('is refused with its place: %s', async (_what, body, says) => {
    desk = await openDesk();
    const answer = await send(desk.url, body, headers);
    expect(answer.status).toBe(400);
    const { error } = await read(answer);
    expect(error.code).toBe(-32700);
    expect(error.message).toContain(says);
    expect(error.message).toContain('Nothing was called.');
    expect(desk.rejected[0]).toContain('invalid_input: The body is not I-JSON');
    await servesStill();
  });

  it('is refused when its bytes are not UTF-8', async () => {
    desk = await openDesk();
    const bytes = Buffer.from(calling('{"a":"?"}'));
    bytes[bytes.indexOf('?')] = 0xff;
    expect((await read(send(desk.url, bytes, headers))).error).toMatchObject({ code: -32700, message: expect.stringContaining('UTF-8') });
    await servesStill();
  });
});

describe('a message that is not JSON-RPC', () => {
  it.each([
    ['no version', '{"id":1,"method":"ping"}'],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}'],
    ['an id that is null', '{"jsonrpc":"2.0","id":null,"method":"ping"}'],
    ['a method that is a number', '{"jsonrpc":"2.0","id":1,"method":5}'],
    ['params that are a list', '{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}'],
    ['an answer with result and error', '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}'],
    ['a string', '"ping"'],
  ])('is refused: %s', async (_what, body) => {
    desk = await openDesk();
    const answer = await send(desk.url, body);
    expect(answer.status).toBe(400);
    expect((await read(answer)).error.code).toBe(-32600);
    await servesStill();
  });
});

describe('a request that should not be here', () => {
  it.each([
    ['no content type', { 'content-type': 'text/plain' }, 415],
    ['an answer that nobody could read', { accept: 'image/png' }, 406],
    ['another site', { origin: 'https://evil.example.com' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
  ])('is refused: %s', async (_what, extra, status) => {
    desk = await openDesk();
    const answer = await send(desk.url, calling('{}'), { ...headers, ...(extra as Record<string, string>) });
    expect(answer.status).toBe(status);
    expect((await read(answer)).error.message).not.toBe('');
    await servesStill();
  });

  it('is refused under a name that is not ours (DNS rebinding), and served under one that is', async () => {
    desk = await openDesk({ hosts: ['gateway.example.com'] });
    const ask = (host: string) => raw(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    for (const host of ['evil.example.com', 'localhost.evil.example.com', 'gateway.example.com@evil', '127.0.0.1.nip.io'])
      expect(await ask(host)).toContain('HTTP/1.1 403');
    for (const host of ['gateway.example.com', 'localhost:99', '[::1]:80']) expect(await ask(host)).toContain('HTTP/1.1 200');
  });

  it.each(['PUT', 'PATCH', 'OPTIONS', 'HEAD'])('is refused: %s', async (method) => {
    desk = await openDesk();
    const answer = await fetch(desk.url, { method, headers: { authorization: 'Bearer ann' } });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, GET, DELETE']);
    await servesStill();
  });

  it.each(['/p/desk/1.0.0', `${path}/`, `${path}/more`, '/p/..%2f/1.0.0/x', '//p/desk/1.0.0/notes', '/p/desk/1.0.0/%6eotes'])(
    'is not found: %s',
    async (at) => {
      desk = await openDesk();
      expect(await raw(`GET ${at} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)).toContain('HTTP/1.1 404');
      await servesStill();
    },
  );
});

describe('too much', () => {
  it('of a body is refused before it is read, and when it turns out so', async () => {
    desk = await openDesk({ bodyBytesMax: 1_000 });
    const big = calling(`{"text":"${'x'.repeat(2_000)}"}`);
    const answer = await send(desk.url, big, headers);
    expect(answer.status).toBe(413);
    expect((await read(answer)).error.message).toContain('over 1000 bytes');
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ann\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
    expect(await raw(head + chunk + chunk)).toContain('HTTP/1.1 413');
    await servesStill();
  });

  it('of all bodies together is refused, and the room is given back, however they end', async () => {
    desk = await openDesk({ bodyBytesInFlightMax: 5_000 });
    const { hostname, port } = new URL(desk.url);
    const began = connect(Number(port), hostname);
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ann\r\nContent-Type: application/json\r\nContent-Length: 4500\r\n\r\n`;
    began.write(`${head}${'x'.repeat(4_400)}`);
    const body = calling(`{"text":"${'x'.repeat(1_000)}"}`);
    const status = async () => (await send(desk.url, body, headers)).status;
    await expect.poll(status).toBe(503);
    expect((await read(send(desk.url, body, headers))).error).toMatchObject({
      code: 42900,
      message: expect.stringContaining('5000 bytes'),
    });
    began.destroy();
    await expect.poll(status).toBe(200);
  });

  it('of headers is refused', async () => {
    desk = await openDesk({ headerBytesMax: 4_096 });
    expect(await raw(`GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(8_000)}\r\n\r\n`)).toContain('HTTP/1.1 431');
    await servesStill();
  });

  it('at once of one credential is refused, and takes nobody else’s place', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    desk = await openDesk({ concurrentPerCredentialMax: 2 });
    const began: Promise<void>[] = [];
    const starts: (() => void)[] = [];
    for (let i = 0; i < 2; i++) began.push(new Promise((resolve) => starts.push(resolve)));
    desk.answer = async (call) => {
      if (call.args['wait'] === true) {
        starts.shift()?.();
        await held;
      }
      return done(call, textResult('done'));
    };
    const waiting = [1, 2].map(() => modern(desk.url, 'tools/call', { name: 'echo', arguments: { wait: true } }));
    await Promise.all(began);
    const refused = await modern(desk.url, 'tools/call', { name: 'echo', arguments: {} });
    expect(refused.status).toBe(429);
    expect((await read(refused)).error).toMatchObject({ code: 42900 });
    expect(desk.rejected.at(-1)).toContain('limit_reached');
    const bob = await modern(desk.url, 'tools/call', { name: 'echo', arguments: {} }, { authorization: 'Bearer bob' });
    expect(bob.status).toBe(200);
    release();
    for (const one of waiting) expect((await one).status).toBe(200);
    expect((await modern(desk.url, 'tools/call', { name: 'echo', arguments: {} })).status).toBe(200);
  });

  it('of standing streams is refused', async () => {
    desk = await openDesk({ streamsPerCredentialMax: 1 });
    const listen = { notifications: { toolsListChanged: true } };
    const first = await modern(desk.url, 'subscriptions/listen', listen);
    expect(first.status).toBe(200);
    expect((await modern(desk.url, 'subscriptions/listen', listen)).status).toBe(429);
    await first.body?.cancel();
    await servesStill();
  });
});

describe('a slow or rude client', () => {
  it('that never ends its headers or its body is cut off', async () => {
    desk = await openDesk({ headersTimeoutMs: 50, requestTimeoutMs: 100 });
    expect(await raw('POST /p/desk/1.0.0/notes HTTP/1.1\r\nHost: loc')).toContain('HTTP/1.1 408');
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ann\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"json`;
    expect(await raw(head)).toContain('HTTP/1.1 408');
    await servesStill();
  });

  it('that speaks something else is told so', async () => {
    desk = await openDesk();
    expect(await raw('EHLO example.com\r\n\r\n')).toContain('HTTP/1.1 400');
    await servesStill();
  });

  it('that hangs up in the middle of its body leaves nothing behind', async () => {
    desk = await openDesk({ concurrentPerCredentialMax: 1 });
    for (let i = 0; i < 5; i++) {
      const socket = connect(Number(new URL(desk.url).port), '127.0.0.1');
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ann\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"json`,
      );
      await new Promise((resolve) => socket.write(' ', resolve));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.destroy();
      await closed;
    }
    await expect.poll(async () => (await modern(desk.url, 'tools/list')).status).toBe(200);
    await servesStill();
  });
});

it('answers a flood without identity before reading it, and serves who has one', async () => {
  desk = await openDesk();
  const flood = Array.from({ length: 300 }, (_, i) =>
    send(desk.url, i % 2 ? 'x'.repeat(200_000) : calling('{}'), { ...headers, authorization: '' }).catch(() => undefined),
  );
  const answers = (await Promise.all(flood)).filter((answer) => answer !== undefined);
  expect(answers.length).toBeGreaterThan(0);
  for (const answer of answers) expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="trapkey"']);
  expect(desk.rejected).toEqual([]);
  await servesStill();
});

it('says a failure of its own as one, and goes on', async () => {
  desk = await openDesk();
  desk.answer = async () => {
    throw new Error('inner detail');
  };
  const { error } = await read(modern(desk.url, 'tools/call', { name: 'echo' }));
  expect(error.code).toBe(-32603);
  expect(error.message).not.toContain('inner detail');
  expect(desk.rejected[0]).toContain('inner detail');
  desk.calls.length = 0;
  desk.answer = async (call) => done(call, textResult(String(call.args['text'])));
  await servesStill();
});

it('knows no second request with the id of a running one', async () => {
  desk = await openDesk();
  const old = await session(desk.url);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let began = () => {};
  const running = new Promise<void>((resolve) => {
    began = resolve;
  });
  desk.answer = async (call) => {
    began();
    await held;
    return done(call, textResult('one'));
  };
  const first = old.post({ id: 1, method: 'tools/call', params: { name: 'echo' } });
  await running;
  expect((await read(old.post({ id: 1, method: 'tools/call', params: { name: 'echo' } }))).error.code).toBe(-32600);
  release();
  expect((await read(first)).result).toMatchObject({ content: [{ text: 'one' }] });
  expect(desk.calls).toHaveLength(1);
});

/** Bytes over a bare socket, and everything that comes back until it closes. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(desk.url).port), '127.0.0.1');
  socket.write(bytes);
  return text(socket).catch(() => '');
}
