import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { JsonObject } from '@trapkey/contract/json.ts';

/** One request as it reached the upstream. */
export interface Reached {
  readonly id: unknown;
  readonly method: string;
  readonly params: JsonObject;
  /** What the client answered, where the upstream had asked. */
  readonly result?: JsonObject;
}

/** How one tool answers: the whole body as text, or by hand. */
type Answer = string | ((id: unknown, response: ServerResponse) => void);

/** An MCP server that does whatever a test wants, and remembers everything that reached it. */
export interface HostileUpstream {
  readonly url: string;
  readonly reached: Reached[];
  /** What did not come by itself: requests that only a decision may cause. */
  effects(): readonly Reached[];
  readonly answers: Map<string, Answer>;
  readonly tools: JsonObject[];
  /** Waits before it answers `tools/list`, where a test holds it. */
  listing: Promise<void>;
  close(): Promise<void>;
}

const handshake = new Set(['initialize', 'server/discover', 'tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']);

const info = { name: 'hostile', version: '1' };
const capabilities = { tools: {}, prompts: {}, resources: { subscribe: true }, completions: {}, logging: {} };

/** Starts it. `modern`: it speaks 2026-07-28; else 2025-11-25 without sessions. */
export async function startHostile(modern: boolean, tools: readonly JsonObject[]): Promise<HostileUpstream> {
  const reached: Reached[] = [];
  const upstream = { reached, answers: new Map<string, Answer>(), tools: [...tools], listing: Promise.resolve() };
  const results: Record<string, () => JsonObject> = {
    initialize: () => ({ protocolVersion: '2025-11-25', capabilities, serverInfo: info }),
    'server/discover': () => ({ resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities, ttlMs: 0, cacheScope: 'private' }),
    'tools/list': () => ({ tools: upstream.tools }),
    'prompts/list': () => ({ prompts: [{ name: 'greet' }] }),
    'resources/list': () => ({ resources: [{ uri: 'file:///public/a.txt', name: 'a' }] }),
    'resources/templates/list': () => ({ resourceTemplates: [] }),
    'resources/read': () => ({ contents: [{ uri: 'file:///x', text: 'content' }] }),
    'prompts/get': () => ({ messages: [{ role: 'user', content: { type: 'text', text: 'hello' } }] }),
    'completion/complete': () => ({ completion: { values: ['one'] } }),
    'tools/call': () => ({ content: [{ type: 'text', text: 'done' }] }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method = '', params = {}, result: answered } = (await json(request)) as Partial<Reached>;
    reached.push({ id, method, params, ...(answered && { result: answered }) });
    if (id === undefined || method === '') return void response.writeHead(202).end();
    if (method === 'tools/list') await upstream.listing;
    const send = (body: string) => response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    if (method === (modern ? 'initialize' : 'server/discover'))
      return void send(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'unknown method' } }));
    const own = method === 'tools/call' ? upstream.answers.get(String(params['name'])) : undefined;
    if (typeof own === 'function') return own(id, response);
    if (own !== undefined) return void send(own.replaceAll('"$id"', JSON.stringify(id)));
    const result = { ...results[method]?.(), ...(modern && { resultType: 'complete' }) };
    send(JSON.stringify({ jsonrpc: '2.0', id, result }));
  }

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return Object.assign(upstream, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    effects: () => reached.filter(({ method, id }) => id !== undefined && method !== '' && !handshake.has(method)),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  });
}
