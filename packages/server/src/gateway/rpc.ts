import type { Json, JsonObject } from '@trapkey/contract/json.ts';

/** A JSON-RPC id as MCP allows it. */
export type Id = string | number;

export interface RpcRequest {
  readonly id: Id;
  readonly method: string;
  readonly params: JsonObject;
}

/** One message as it came in, its shape proved. */
export type Message =
  | ({ readonly kind: 'request' } & RpcRequest)
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject }
  | { readonly kind: 'response'; readonly id: Id; readonly result: JsonObject | undefined }
  | { readonly kind: 'invalid'; readonly id: Id | null; readonly says: string };

/** The protocol's own codes, and ours, which lie outside -32768..-32000. */
export const rpcCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
  refused: 40300,
  held: 40900,
  busy: 42900,
  notLetIn: 40100,
  transport: 40000,
} as const;

/** An error to be answered, with the HTTP status that it goes out with. */
export interface RpcError {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly data?: Json;
}

const empty: JsonObject = {};

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tells what a parsed value is in JSON-RPC, in one look. */
export function readMessage(value: Json): Message {
  if (!isObject(value)) return { kind: 'invalid', id: null, says: 'a JSON-RPC message is an object' };
  const { id, method, params } = value;
  const known = typeof id === 'string' || (typeof id === 'number' && Number.isInteger(id)) ? id : undefined;
  const bad = (says: string): Message => ({ kind: 'invalid', id: known ?? null, says });
  if (value['jsonrpc'] !== '2.0') return bad('"jsonrpc" must be "2.0"');
  if (id !== undefined && known === undefined) return bad('"id" must be a string or an integer');
  if (method === undefined) {
    if (known === undefined || 'result' in value === 'error' in value) return bad('it is neither a request nor an answer');
    const result = value['result'];
    return { kind: 'response', id: known, result: isObject(result) ? result : undefined };
  }
  if (typeof method !== 'string') return bad('"method" must be a string');
  if (params !== undefined && !isObject(params)) return bad('"params" must be an object');
  if (known === undefined) return { kind: 'notification', method, params: params ?? empty };
  return { kind: 'request', id: known, method, params: params ?? empty };
}

/** The answer to one request, as text ready to be sent. */
export function resultText(id: Id, result: JsonObject): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${JSON.stringify(result)}}`;
}

/** The answer to one request that failed; `id` null when it could not be read. */
export function errorText(id: Id | null, error: Omit<RpcError, 'status'>): string {
  const { code, message, data } = error;
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } });
}

export function notificationText(method: string, params: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}
