import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { JsonObject } from '@trapkey/contract/json.ts';

/** How one tool of the upstream answers; gives the result, or answers by itself and gives nothing. */
export type Answer = (
  args: JsonObject,
  about: { readonly response: ServerResponse; readonly id: unknown },
) => JsonObject | Promise<JsonObject> | undefined;

export interface UpstreamTool {
  readonly inputSchema?: JsonObject;
  readonly outputSchema?: JsonObject;
  readonly description?: string;
  readonly annotations?: JsonObject;
  readonly answer?: Answer;
}

/** An MCP server of 2025 in this process, which remembers exactly what reached it. */
export interface RecordingUpstream {
  readonly url: string;
  /** Each `tools/call` that came, with the bytes of its arguments as they were sent. */
  readonly calls: { readonly name: string; readonly args: JsonObject; readonly bytes: string }[];
  /** Each `notifications/cancelled`, by its reason. */
  readonly cancelled: string[];
  /** How many calls are being answered now. */
  open(): number;
  /** Changes what it offers from now on. */
  offer(tools: Readonly<Record<string, UpstreamTool>>): void;
  close(): Promise<void>;
}

interface Message {
  readonly id?: unknown;
  readonly method: string;
  readonly params?: { readonly name?: string; readonly arguments?: JsonObject; readonly reason?: string };
}

/** Text as a result. */
export const text = (words: string): JsonObject => ({ content: [{ type: 'text', text: words }] });

/** Starts it on a loopback port; with a token, it answers nobody who does not bring that. */
export async function startUpstream(tools: Readonly<Record<string, UpstreamTool>>, token?: string): Promise<RecordingUpstream> {
  let offered = tools;
  const calls: RecordingUpstream['calls'] = [];
  const cancelled: string[] = [];
  let open = 0;
  const reply = (response: ServerResponse, id: unknown, result: JsonObject) => {
    if (response.writableEnded || response.destroyed) return;
    response
      .writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'one' })
      .end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  };
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end();
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params } = (await json(request)) as Message;
    if (method === 'notifications/cancelled') cancelled.push(params?.reason ?? '');
    if (id === undefined) return void response.writeHead(202).end();
    if (method === 'initialize')
      return reply(response, id, {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'recording', version: '1' },
      });
    if (method === 'tools/list')
      return reply(response, id, {
        tools: Object.entries(offered).map(([name, { answer: _, inputSchema = { type: 'object' }, ...rest }]) => ({
          name,
          inputSchema,
          ...rest,
        })),
      });
    if (method !== 'tools/call')
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: 'unknown method' } }));
    const { name = '', arguments: args = {} } = params ?? {};
    calls.push({ name, args, bytes: JSON.stringify(args) });
    open++;
    response.once('close', () => open--);
    const result = await (offered[name]?.answer ?? (() => text(`${name} done`)))(args, { response, id });
    if (result) reply(response, id, result);
  }
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    calls,
    cancelled,
    open: () => open,
    offer: (now) => {
      offered = now;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
