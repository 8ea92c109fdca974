import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

interface Message {
  readonly id?: unknown;
  readonly method: string;
  readonly params?: { readonly name?: string };
}

type Answer = (response: ServerResponse, id: unknown, request: IncomingMessage) => void;

const sendJson = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

const events = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });
const event = (message: unknown) => `data: ${JSON.stringify(message)}\n\n`;

/** How each tool of the server answers: what no server should do. */
const answers: Record<string, Answer> = {
  fine: (response, id) => sendJson(response, 200, { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'fine' }] } }),
  hang: () => {},
  hang_up: (response) => void response.destroy(),
  half: (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"jsonrpc":"2.0","id"');
    setImmediate(() => response.destroy());
  },
  not_json: (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<html>'),
  html: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
  other_id: (response) => sendJson(response, 200, { jsonrpc: '2.0', id: 'another', result: {} }),
  oversize: (response, id) =>
    sendJson(response, 200, { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'x'.repeat(1 << 20) }] } }),
  oversize_event: (response, id) => events(response).end(event({ jsonrpc: '2.0', id, result: { text: 'x'.repeat(1 << 20) } })),
  silent_stream: (response) => events(response).end(),
  broken_event: (response) => events(response).end('data: {"half"\n\n'),
  flood: (response, id) => {
    events(response);
    const notice = event({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: '' } });
    response.write(notice.repeat(11_000));
    response.end(event({ jsonrpc: '2.0', id, result: {} }));
  },
  accepted: (response) => response.writeHead(202).end(),
  redirect: (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
  forbidden: (response) => response.writeHead(403).end('not for you'),
  overloaded: (response) => response.writeHead(502).end('bad gateway'),
  refused: (response, id) =>
    sendJson(response, 400, { jsonrpc: '2.0', id, error: { code: -32602, message: 'wrong params', data: { x: 1 } } }),
  gone: (response) => sendJson(response, 404, { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'Session not found' } }),
};

/** An HTTP server of 2025 that misbehaves by tool name, and what it was sent. */
export async function startBadHttp(): Promise<{ readonly url: string; readonly calls: string[]; readonly initialized: () => number }> {
  const calls: string[] = [];
  let sessions = 0;
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params } = (await json(request)) as Message;
    if (method === 'initialize') {
      const result = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'bad', version: '1' } };
      return void sendJson(response, 200, { jsonrpc: '2.0', id, result }, { 'mcp-session-id': `s-${++sessions}` });
    }
    if (id === undefined) return void response.writeHead(202).end();
    if (method !== 'tools/call')
      return void sendJson(response, 200, { jsonrpc: '2.0', id, error: { code: -32601, message: 'unknown method' } });
    calls.push(params?.name ?? '');
    answers[params?.name ?? '']?.(response, id, request);
  }
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, calls, initialized: () => sessions };
}
