import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { encodeHeader, type Mirrored, valueAt } from '../kernel/mirrored.ts';

/** As much of a message as is needed to pass it on. */
export interface Read {
  readonly id: Json | undefined;
  readonly method: string | undefined;
  readonly params: JsonObject;
  readonly meta: JsonObject;
}

export interface StdioSession {
  readonly id: string;
  readonly version: string;
}

export const versionKey = 'io.modelcontextprotocol/protocolVersion';

/** The headers that Streamable HTTP wants of a message: those of its session, or those that mirror its body. */
export function headersFor(
  message: Read | undefined,
  about: {
    readonly token: string;
    readonly session: StdioSession | undefined;
    readonly mirrored: ReadonlyMap<string, readonly Mirrored[]> | undefined;
  },
): Record<string, string> {
  const { token, session, mirrored } = about;
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const version = message?.meta[versionKey];
  if (typeof version !== 'string' || message?.method === undefined) {
    if (session) Object.assign(headers, { 'mcp-session-id': session.id, 'mcp-protocol-version': session.version });
    return headers;
  }
  Object.assign(headers, { 'mcp-protocol-version': encodeHeader(version), 'mcp-method': encodeHeader(message.method) });
  const name = message.method === 'resources/read' ? message.params['uri'] : message.params['name'];
  if (typeof name !== 'string' || !['tools/call', 'prompts/get', 'resources/read'].includes(message.method)) return headers;
  headers['mcp-name'] = encodeHeader(name);
  for (const { header, path } of (message.method === 'tools/call' && mirrored?.get(name)) || []) {
    const value = valueAt(message.params['arguments'], path);
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (plain) headers[`mcp-param-${header}`] = encodeHeader(String(value));
  }
  return headers;
}

/** Reads a line for its routing. */
export function readLine(line: string): Read {
  const message = readJson(line);
  const params = field(message, 'params');
  const meta = field(params, '_meta');
  const method = field(message, 'method');
  const object = (value: Json | undefined): JsonObject =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  return { id: field(message, 'id'), method: typeof method === 'string' ? method : undefined, params: object(params), meta: object(meta) };
}

/** What cannot be read is passed on all the same: the gateway says precisely what is wrong with it. */
export function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export function field(value: Json | undefined, key: string): Json | undefined {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}
