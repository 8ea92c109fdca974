import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Call } from '../kernel/call.ts';
import type { Handled } from '../kernel/handle.ts';
import { stagedKey } from '../kernel/staged-answer.ts';
import { cleanText } from './clean.ts';
import type { Texts } from './doors.ts';
import { metaKeys } from './era.ts';
import { errorText, type Id, isObject, type RpcError, resultText, rpcCodes } from './rpc.ts';

/** An answer ready to be sent, and the HTTP status it goes out with where it goes out alone. */
export interface Answer {
  readonly text: string;
  readonly status: number;
}

export interface Dialect {
  readonly era: 'modern' | 'legacy';
  /** For `_meta` of 2026-07-28 results. */
  readonly serverInfo: JsonObject | undefined;
  readonly texts: Texts;
}

const modernOnly = ['resultType', 'ttlMs', 'cacheScope'] as const;

/** Puts what came of a call into the protocol's words. A refusal of a tool is a result: an error would keep only its message. */
export function answerOf(id: Id, call: Call, handled: Handled, dialect: Dialect): Answer {
  switch (handled.kind) {
    case 'result':
      return {
        text: resultText(id, finish(call, resultOf(call, handled), dialect)),
        status: 200,
      };
    case 'protocol_error':
      return failed(id, upstreamError(call, handled));
    case 'refused':
      return said(
        id,
        call,
        dialect.texts.refused(handled, call),
        { call: handled.call, code: handled.ruling.code, rule: handled.ruling.rule },
        dialect,
        rpcCodes.refused,
      );
    case 'held':
      return said(id, call, dialect.texts.held(handled, call), { call: handled.call, ticket: handled.ticket.id }, dialect, rpcCodes.held);
    case 'staged':
      return { text: resultText(id, finish(call, stagedResult(handled, dialect.texts.staged(handled, call)), dialect)), status: 200 };
  }
}

export function failed(id: Id, error: RpcError): Answer {
  return { text: errorText(id, error), status: error.status };
}

/** What the agent is told instead of a result. */
export function said(id: Id, call: Pick<Call, 'method' | 'name'>, text: string, about: JsonObject, dialect: Dialect, code: number): Answer {
  if (call.method === 'tools/call') {
    const result = { content: [{ type: 'text', text }], isError: true, _meta: { 'io.trapkey/decision': about } };
    return { text: resultText(id, finish(call, result, dialect)), status: 200 };
  }
  // What is not offered does not exist, in the protocol's own words for it.
  if (call.method === 'resources/read' && about['code'] === 'not_offered') {
    const code = dialect.era === 'modern' ? rpcCodes.invalidParams : -32002;
    return failed(id, { status: 200, code, message: text, data: { uri: call.name, ...about } });
  }
  return failed(id, { status: 200, code, message: text, data: about });
}

/** Staging is no error; clients that show the model the structured part only show it the words all the same. */
function stagedResult({ call, batch, n, ruling }: Extract<Handled, { kind: 'staged' }>, says: string): JsonObject {
  return {
    content: [{ type: 'text', text: says }],
    structuredContent: { [stagedKey]: { batch, change: n, says } },
    _meta: { 'io.trapkey/decision': { call, batch, change: n, code: ruling.code, rule: ruling.rule } },
  };
}

/** Gives a result what its era asks for, and takes away what it doesn't know. */
export function finish(call: Pick<Call, 'method'>, result: JsonObject, { era, serverInfo }: Dialect): JsonObject {
  if (era === 'legacy') {
    if (!modernOnly.some((key) => key in result)) return result;
    return Object.fromEntries(Object.entries(result).filter(([key]) => !(modernOnly as readonly string[]).includes(key)));
  }
  const meta = result['_meta'];
  return {
    ...result,
    resultType: result['resultType'] ?? 'complete',
    // Answers differ by identity, so no cache may hand one person's to another.
    ...(call.method === 'resources/read' && { ttlMs: typeof result['ttlMs'] === 'number' ? result['ttlMs'] : 0, cacheScope: 'private' }),
    ...(serverInfo && { _meta: { ...(isObject(meta) && meta), [metaKeys.serverInfo]: serverInfo } }),
  };
}

/** The answer of the connector, with everything that Trapkey says to it. */
function resultOf(call: Call, { result, warnings, told: words, notes }: Extract<Handled, { kind: 'result' }>): JsonObject {
  return told(call, noted(call, warned(call, withoutOurs(result), warnings), notes), words);
}

function noted(call: Call, result: JsonObject, notes: readonly string[] | undefined): JsonObject {
  const { content } = result;
  if (!notes || call.method !== 'tools/call' || !Array.isArray(content)) return result;
  return { ...result, content: [...(content as Json[]), { type: 'text', text: `Note from Trapkey: ${notes.join(' ')}` }] };
}

/** What Trapkey says of a call in `_meta` is said by nobody else. */
function withoutOurs(result: JsonObject): JsonObject {
  const meta = result['_meta'];
  if (!isObject(meta) || !('io.trapkey/decision' in meta || 'io.trapkey/warnings' in meta)) return result;
  const { 'io.trapkey/decision': _decision, 'io.trapkey/warnings': _warnings, ...rest } = meta;
  return { ...result, _meta: rest };
}

function warned(call: Call, result: JsonObject, warnings: readonly string[]): JsonObject {
  if (warnings.length === 0) return result;
  const { content, _meta: meta } = result;
  const note = { type: 'text', text: `Note from Trapkey: ${warnings.join(' ')} It went on because the rule only warns.` };
  return {
    ...result,
    ...(call.method === 'tools/call' && Array.isArray(content) && { content: [...(content as Json[]), note] }),
    _meta: { ...(isObject(meta) && meta), 'io.trapkey/warnings': warnings },
  };
}

/** What ran is not what was asked for: said first, so that nothing of the result is read without it. */
function told(call: Call, result: JsonObject, words: string | undefined): JsonObject {
  const { content } = result;
  if (words === undefined || call.method !== 'tools/call' || !Array.isArray(content)) return result;
  return { ...result, content: [{ type: 'text', text: `Note from Trapkey: ${words}` }, ...(content as Json[])] };
}

/** An upstream's error is content like any other: its message is cleaned, its data kept only where the protocol defines it. */
function upstreamError(call: Call, error: { readonly code: number; readonly message: string; readonly data?: Json }): RpcError {
  const message = cleanText(error.message, 2_000);
  if (error.code === rpcCodes.missingCapability) {
    const required = isObject(error.data) ? error.data['requiredCapabilities'] : undefined;
    return {
      status: 400,
      code: error.code,
      message,
      data: { requiredCapabilities: isObject(required) ? knownCapabilities(required) : {} },
    };
  }
  const notFound = call.method === 'resources/read' && (error.code === rpcCodes.invalidParams || error.code === -32002);
  return { status: 200, code: error.code, message, ...(notFound && { data: { uri: call.name } }) };
}

function knownCapabilities(required: JsonObject): JsonObject {
  const known: Record<string, Json> = {};
  for (const key of ['sampling', 'elicitation', 'roots', 'extensions']) {
    const value = required[key];
    if (isObject(value)) known[key] = Object.fromEntries(Object.keys(value).map((member) => [cleanText(member, 100), {}]));
  }
  return known;
}
