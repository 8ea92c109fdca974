import type { IncomingHttpHeaders } from 'node:http';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { nameMismatch } from './headers.ts';
import { isObject, type Message, type RpcError, rpcCodes } from './rpc.ts';

export const modernRevisions: readonly string[] = ['2026-07-28'];
/** Newest first: what `initialize` answers with when it is asked for something unknown. */
export const legacyRevisions: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26'];

export const metaKeys = {
  version: 'io.modelcontextprotocol/protocolVersion',
  capabilities: 'io.modelcontextprotocol/clientCapabilities',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscription: 'io.modelcontextprotocol/subscriptionId',
} as const;

export type Era = { readonly era: 'modern' } | { readonly era: 'legacy' } | { readonly error: RpcError };

const modern: Era = { era: 'modern' };
const legacy: Era = { era: 'legacy' };
const none: JsonObject = {};

export function metaOf(params: JsonObject): JsonObject {
  const meta = params['_meta'];
  return isObject(meta) ? meta : none;
}

function isModern(version: Json | undefined): boolean {
  return typeof version === 'string' && modernRevisions.includes(version);
}

/** A revision that came after those we speak: never served as an older one. */
function isLater(version: Json | undefined): boolean {
  return typeof version === 'string' && version > (modernRevisions[0] as string) && !isModern(version);
}

/**
 * Which era a message belongs to. The body decides; headers may only agree with it. A message that claims the
 * 2026-07-28 envelope, well or badly, is never quietly served as an older one.
 */
export function eraOf(message: Message, headers: IncomingHttpHeaders): Era {
  if (message.kind === 'response' || message.kind === 'invalid') return legacy;
  const meta = metaOf(message.params);
  const header = single(headers['mcp-protocol-version']);
  const claimed = meta[metaKeys.version];
  if (message.kind === 'notification') return noticeEra(message.method, claimed, headers);
  if (message.method === 'initialize' && !isModern(claimed) && !isLater(claimed)) {
    return isModern(header) || isLater(header)
      ? mismatch(`initialize belongs to revisions before ${header}, which the MCP-Protocol-Version header names`)
      : legacy;
  }
  if (claimed !== undefined) return checkEnvelope(message.method, message.params, meta, headers) ?? modern;
  if (isLater(header)) return unsupported(String(header));
  return isModern(header) ? envelope(metaKeys.version, 'is missing') : legacy;
}

function noticeEra(method: string, claimed: Json | undefined, headers: IncomingHttpHeaders): Era {
  const header = single(headers['mcp-protocol-version']);
  if (claimed !== undefined && typeof claimed !== 'string') return envelope(metaKeys.version, 'must be a string');
  if (claimed !== undefined && header !== undefined && claimed !== header) {
    return mismatch(`the envelope names protocol version ${claimed}, the MCP-Protocol-Version header ${header}`);
  }
  const version = claimed ?? header;
  if (isLater(version)) return unsupported(String(version));
  return isModern(version) ? (methodMismatch(method, headers, false) ?? modern) : legacy;
}

function checkEnvelope(method: string, params: JsonObject, meta: JsonObject, headers: IncomingHttpHeaders): Era | undefined {
  const claimed = meta[metaKeys.version];
  const header = single(headers['mcp-protocol-version']);
  if (typeof claimed !== 'string') return envelope(metaKeys.version, 'must be a string');
  const capabilities = meta[metaKeys.capabilities];
  if (!isObject(capabilities)) return envelope(metaKeys.capabilities, capabilities === undefined ? 'is missing' : 'must be an object');
  const info = meta[metaKeys.clientInfo];
  if (info !== undefined && !isObject(info)) return envelope(metaKeys.clientInfo, 'must be an object');
  if (header === undefined) return mismatch('the MCP-Protocol-Version header is missing');
  if (header !== claimed) return mismatch(`the envelope names protocol version ${claimed}, the MCP-Protocol-Version header ${header}`);
  const named = methodMismatch(method, headers, true);
  if (named) return named;
  if (!isModern(claimed)) return unsupported(claimed);
  const wrong = nameMismatch(method, params, headers);
  return wrong === undefined ? undefined : mismatch(wrong);
}

function methodMismatch(method: string, headers: IncomingHttpHeaders, needed: boolean): Era | undefined {
  const header = single(headers['mcp-method']);
  if (header === undefined) return needed ? mismatch(`the body names method ${method}, the Mcp-Method header is missing`) : undefined;
  return header === method ? undefined : mismatch(`the body names method ${method}, the Mcp-Method header ${header}`);
}

/** The first value of a header; Node joins repeated ones with a comma, which then matches nothing. */
export function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

/** -32020: a header says something else than the body. */
export function mismatch(what: string): { readonly error: RpcError } {
  return {
    error: { status: 400, code: rpcCodes.headerMismatch, message: `Headers and body disagree: ${what.slice(0, 300)}. Nothing was called.` },
  };
}

function envelope(key: string, problem: string): Era {
  return {
    error: {
      status: 400,
      code: rpcCodes.invalidParams,
      message: `Invalid params: _meta["${key}"] ${problem}. Nothing was called.`,
      data: { key },
    },
  };
}

/** -32022: names what is spoken here, so that the client can choose. */
function unsupported(requested: string): { readonly error: RpcError } {
  const message = `Protocol version ${requested.slice(0, 40)} is not spoken here; ${[...modernRevisions, ...legacyRevisions].join(', ')} are.`;
  return {
    error: {
      status: 400,
      code: rpcCodes.unsupportedVersion,
      message,
      data: { supported: modernRevisions, requested: requested.slice(0, 40) },
    },
  };
}
