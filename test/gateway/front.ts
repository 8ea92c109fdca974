import type { JsonObject } from '@trapkey/contract/json.ts';
import type { GatewayDoors } from '../../packages/server/src/gateway/doors.ts';
import { openGateway } from '../../packages/server/src/gateway/gateway.ts';
import { defaultLimits, type GatewayLimits } from '../../packages/server/src/gateway/limits.ts';
import type { Call, Credential } from '../../packages/server/src/kernel/call.ts';
import type { Handle, Handled } from '../../packages/server/src/kernel/handle.ts';
import type { Offered } from '../../packages/server/src/kernel/offer.ts';

export const path = '/p/desk/1.0.0/notes';

const credential = (person: string): Credential => ({
  kind: 'token',
  id: `token-of-${person}`,
  person,
  groups: [],
  client: 'test',
  audience: path,
  profile: undefined,
  assurance: { person: 'proved', plugin: 'proved' },
});

export const offered: Offered = {
  connection: 'notes',
  serverInfo: { name: 'notes', version: '1.0.0' },
  instructions: 'Take notes.',
  capabilities: { tools: { listChanged: true }, prompts: {}, resources: { subscribe: true }, logging: {} },
  tools: [
    { name: 'echo', description: 'Says it again', inputSchema: { type: 'object', properties: { text: { type: 'string' } } } },
    {
      name: 'routed',
      description: 'Mirrors',
      inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } },
    },
  ],
  prompts: [{ name: 'greet' }],
  resources: [{ uri: 'note://1', name: 'one' }],
  resourceTemplates: [],
  asks: { sampling: false, elicitationHosts: ['forms.example.com'] },
};

/** What the calls that came through looked like, and how to answer the next ones. */
export interface Desk {
  readonly url: string;
  readonly calls: Call[];
  readonly rejected: string[];
  readonly gateway: ReturnType<typeof openGateway>;
  answer: Handle;
}

export const textResult = (text: string): JsonObject => ({ content: [{ type: 'text', text }] });
export const done = (call: Call, result: JsonObject): Handled => ({ kind: 'result', call: call.id, result, warnings: [] });

/** A real front on a real port, with a small real pipeline behind it: whoever sends `Bearer <name>` is that person. */
export async function openDesk(limits: Partial<GatewayLimits> = {}, doors: Partial<GatewayDoors> = {}): Promise<Desk> {
  const calls: Call[] = [];
  const rejected: string[] = [];
  const desk = { calls, rejected } as unknown as { -readonly [K in keyof Desk]: Desk[K] };
  desk.answer = async (call) => done(call, textResult(String(call.args['text'] ?? call.name)));
  desk.gateway = openGateway({
    handle: (call, listeners) => {
      calls.push(call);
      return desk.answer(call, listeners);
    },
    offer: () => offered,
    authenticate: (authorization) => {
      const [, person] = /^Bearer (\w+)$/.exec(authorization ?? '') ?? [];
      if (person !== undefined) return credential(person);
      return { status: 401, wwwAuthenticate: 'Bearer realm="trapkey"', says: 'Not let in: no credential came.', retryAfterMs: undefined };
    },
    resourceMetadata: (at) => (at === path ? { resource: `https://gateway.example${at}` } : undefined),
    config: { ...defaultLimits, ...limits },
    clock: () => Date.now(),
    log: (message, detail) => rejected.push(`${message}: ${String(detail)}`),
    texts: {
      refused: ({ ruling }) => `NOT DONE: not allowed. ${ruling.says} (${ruling.code}).`,
      held: ({ ticket }) => `NOT DONE: held for approval, ticket ${ticket.id}.`,
      staged: ({ batch, n }) => `STAGED as change ${n} of batch ${batch}.`,
      ruling: (ruling) => `NOT DONE: ${ruling.says} (${ruling.code}).`,
    },
    rejected: ({ code, says }) => rejected.push(`${code}: ${says}`),
    ...doors,
  });
  desk.url = (await desk.gateway.listen('127.0.0.1', 0)).url + path;
  return desk;
}

/** Sends one body as it is, with the headers of a person who was let in. */
export function send(
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  init: RequestInit = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: body as NonNullable<RequestInit['body']>,
    headers: { authorization: 'Bearer ann', 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    ...init,
  });
}

export const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'tester', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** A request of revision 2026-07-28 with headers that match. */
export function modern(
  url: string,
  method: string,
  params: JsonObject = {},
  headers: Record<string, string> = {},
  init: RequestInit = {},
): Promise<Response> {
  const { _meta: meta, ...rest } = params as { _meta?: JsonObject };
  const name = (params['name'] ?? params['uri']) as string | undefined;
  const named = name !== undefined && ['tools/call', 'prompts/get', 'resources/read'].includes(method) ? { 'mcp-name': name } : {};
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...rest, _meta: { ...envelope, ...meta } } });
  return send(url, body, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...named, ...headers }, init);
}

/** A JSON-RPC answer as it came. */
export interface Answered {
  readonly id: string | number | null;
  readonly result: Record<string, never> & { readonly [key: string]: unknown };
  readonly error: { readonly code: number; readonly message: string; readonly data?: JsonObject };
}

export async function read(response: Response | Promise<Response>): Promise<Answered> {
  return (await (await response).json()) as Answered;
}

/** Opens a session of the older era; gives a way to send in it. */
export async function session(url: string, version = '2025-11-25', capabilities: JsonObject = {}, person = 'ann') {
  const as = { authorization: `Bearer ${person}` };
  const opened = await send(
    url,
    JSON.stringify({
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: version, capabilities, clientInfo: { name: 'tester', version: '1' } },
    }),
    as,
  );
  const id = opened.headers.get('mcp-session-id') ?? '';
  const headers = { ...as, 'mcp-session-id': id, 'mcp-protocol-version': version };
  return {
    id,
    headers,
    initialized: (await opened.json()) as { result: JsonObject; error?: JsonObject },
    post: (message: JsonObject | readonly JsonObject[], init: RequestInit = {}) =>
      send(
        url,
        JSON.stringify(Array.isArray(message) ? message.map((one) => ({ jsonrpc: '2.0', ...one })) : { jsonrpc: '2.0', ...message }),
        headers,
        init,
      ),
  };
}

export interface SseEvent {
  readonly id: string | undefined;
  readonly data: string;
}

/** Reads SSE events one after another. */
export async function* events(response: Response): AsyncGenerator<SseEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart());
      if (data.length > 0)
        yield {
          id: lines
            .find((line) => line.startsWith('id:'))
            ?.slice(3)
            .trim(),
          data: data.join('\n'),
        };
    }
  }
}
