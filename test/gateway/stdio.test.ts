import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { JsonObject } from '@trapkey/contract/json.ts';
import { afterEach, expect, it } from 'vitest';
import { serveLines } from '../../packages/server/src/cli/stdio.ts';
import { type Desk, done, envelope, openDesk, textResult } from './front.ts';

let desk: Desk;
let local: ReturnType<typeof openLocal> | undefined;
afterEach(async () => {
  await local?.end();
  await desk.gateway.close();
});

/** A local client's side of the pipe. */
function openLocal(url = desk.url, token = 'ann') {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const served = serveLines({ stdin, stdout, stderr }, url, token);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    say: (message: JsonObject | string) =>
      stdin.write(`${typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
    hear: async () =>
      JSON.parse((await lines.next()).value ?? 'null') as {
        id: unknown;
        method?: string;
        result: JsonObject;
        error: JsonObject;
        params: JsonObject;
      },
    async end() {
      stdin.end();
      await served;
    },
  };
}

it('serves revision 2026-07-28, its headers made from the message', async () => {
  desk = await openDesk();
  local = openLocal();
  local.say({ id: 'probe', method: 'server/discover', params: { _meta: envelope } });
  expect(await local.hear()).toMatchObject({ id: 'probe', result: { supportedVersions: ['2026-07-28'] } });
  local.say({ id: 2, method: 'tools/call', params: { name: 'routed', arguments: { region: ' Zürich' }, _meta: envelope } });
  expect(await local.hear()).toMatchObject({ id: 2, result: { content: [{ text: 'routed' }] } });
  expect(desk.calls[0]?.args).toEqual({ region: ' Zürich' });
});

it('serves the older era: session, questions to the client, changes', async () => {
  desk = await openDesk();
  desk.answer = async (call, { serverRequest }) =>
    done(call, textResult(JSON.stringify(await serverRequest?.({ method: 'elicitation/create', params: { message: 'Name?' } }))));
  local = openLocal();
  local.say({
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: { elicitation: {} }, clientInfo: { name: 'local', version: '1' } },
  });
  local.say({ method: 'notifications/initialized' });
  expect(await local.hear()).toMatchObject({ id: 0, result: { protocolVersion: '2025-11-25' } });
  local.say({ id: 1, method: 'tools/call', params: { name: 'echo', arguments: {} } });
  const asked = await local.hear();
  expect(asked).toMatchObject({ method: 'elicitation/create', params: { message: 'Name?' } });
  local.say({ id: asked.id as string, result: { action: 'decline' } });
  expect(await local.hear()).toMatchObject({ id: 1, result: { content: [{ text: '{"action":"decline"}' }] } });
});

it('opens another session when the gateway forgot it, unseen by the client', async () => {
  desk = await openDesk({ sessionsPerCredentialMax: 1 });
  local = openLocal();
  const open = { id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: {} } };
  local.say(open);
  await local.hear();
  const other = openLocal();
  other.say(open);
  await other.hear();
  local.say({ id: 1, method: 'tools/call', params: { name: 'echo', arguments: { text: 'again' } } });
  expect(await local.hear()).toMatchObject({ id: 1, result: { content: [{ text: 'again' }] } });
  await other.end();
});

it('cancels a request of the stateless revision by closing it', async () => {
  desk = await openDesk();
  let cancelled = () => {};
  const seen = new Promise<void>((resolve) => {
    cancelled = resolve;
  });
  let began = () => {};
  const running = new Promise<void>((resolve) => {
    began = resolve;
  });
  desk.answer = (call, { signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        cancelled();
        resolve(done(call, textResult('x')));
      });
      began();
    });
  local = openLocal();
  local.say({ id: 9, method: 'tools/call', params: { name: 'echo', arguments: {}, _meta: envelope } });
  await running;
  local.say({ method: 'notifications/cancelled', params: { requestId: 9 } });
  await seen;
});

it('says what is wrong under the id of the request: no identity, no JSON, no gateway', async () => {
  desk = await openDesk();
  local = openLocal(desk.url, '');
  local.say({ id: 3, method: 'tools/list', params: { _meta: envelope } });
  expect(await local.hear()).toMatchObject({ id: 3, error: { code: 40100, message: 'Not let in: no credential came.' } });
  await local.end();
  local = openLocal();
  local.say('{"jsonrpc":"2.0","id":4,"id":5,"method":"ping"}');
  expect(await local.hear()).toMatchObject({ error: { code: -32700 } });
  await local.end();
  local = openLocal('http://127.0.0.1:9/p/desk/1.0.0/notes');
  local.say({ id: 6, method: 'tools/list', params: { _meta: envelope } });
  expect(await local.hear()).toMatchObject({ id: 6, error: { code: 50300 } });
});
