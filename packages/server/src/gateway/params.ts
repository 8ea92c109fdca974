import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { UpstreamMethod } from '@trapkey/contract/upstream.ts';
import type { Call } from '../kernel/call.ts';
import { newCallId } from '../kernel/ids.ts';
import { cleanText } from './clean.ts';
import type { Caller } from './doors.ts';
import { metaKeys, metaOf } from './era.ts';
import { isObject } from './rpc.ts';
import { withoutTasks } from './tasks/declared.ts';

/** What the client says of itself; claims, all of them. */
export interface Client {
  readonly info: { readonly name: string; readonly version: string };
  readonly capabilities: JsonObject;
}

type Subject = Pick<Call, 'name' | 'args' | 'extra'>;

const noObject: JsonObject = {};
/** Addresses are kept as sources, and prompts and tools by name; real ones are far shorter. */
const addressCharsMax = 8_192;
const roundKeys = ['inputResponses', 'requestState'] as const;

/** Takes what a method may carry out of its params; a string says what is wrong. Whatever else came is left behind. */
const readers: Readonly<Record<UpstreamMethod, (params: JsonObject) => Subject | string>> = {
  'tools/call': named,
  'prompts/get': named,
  'resources/read': (params) => located(params, true),
  'resources/subscribe': (params) => located(params, false),
  'resources/unsubscribe': (params) => located(params, false),
  'completion/complete': completed,
  'logging/setLevel': () => 'it is not passed on',
};

export function isGoverned(method: string): method is UpstreamMethod {
  return Object.hasOwn(readers, method) && method !== 'logging/setLevel';
}

/** Builds the call that a request proposes; a string says why its params are invalid. */
export function callOf(method: UpstreamMethod, params: JsonObject, caller: Caller, client: Client, atMs: number): Call | string {
  const subject = readers[method](params);
  if (typeof subject === 'string') return subject;
  return {
    id: newCallId(atMs),
    attempt: 0,
    atMs,
    endpoint: caller.endpoint,
    method,
    ...subject,
    credential: caller.credential,
    session: caller.session,
    client: client.info,
    claims: claimsOf(metaOf(params)),
    clientCapabilities: withoutTasks(client.capabilities),
    via: 'mcp',
    ticket: undefined,
  };
}

function named(params: JsonObject): Subject | string {
  const { name, arguments: args } = params;
  if (typeof name !== 'string' || name === '' || name.length > addressCharsMax) return '"name" must be a string';
  if (args !== undefined && !isObject(args)) return '"arguments" must be an object';
  return withRounds(params, { name, args: args ?? noObject, extra: noObject });
}

function located(params: JsonObject, rounds: boolean): Subject | string {
  const { uri } = params;
  if (typeof uri !== 'string' || uri === '' || uri.length > addressCharsMax)
    return `"uri" must be a string of at most ${addressCharsMax} characters`;
  const subject = { name: uri, args: noObject, extra: { uri } };
  return rounds ? withRounds(params, subject) : subject;
}

function completed(params: JsonObject): Subject | string {
  const { ref, argument, context } = params;
  if (!isObject(ref)) return '"ref" must be an object';
  const { type } = ref;
  const key = type === 'ref/resource' ? 'uri' : 'name';
  const name = ref[key];
  if ((type !== 'ref/resource' && type !== 'ref/prompt') || typeof name !== 'string' || name.length > addressCharsMax)
    return '"ref" must name a prompt or a resource template';
  if (!isObject(argument) || typeof argument['name'] !== 'string' || typeof argument['value'] !== 'string')
    return '"argument" needs a name and a value';
  // Rebuilt from what is looked at: anything else in them could name something else upstream.
  const known = { name: argument['name'], value: argument['value'] };
  const given = isObject(context) && isObject(context['arguments']) ? context['arguments'] : undefined;
  const kept: JsonObject = { ref: { type, [key]: name }, argument: known, ...(given && { context: { arguments: given } }) };
  return { name, args: noObject, extra: kept };
}

/** A further round carries the client's answers: arguments like any other, decided like any other. */
function withRounds(params: JsonObject, subject: Subject): Subject | string {
  const { inputResponses, requestState } = params;
  if (inputResponses === undefined && requestState === undefined) return subject;
  if (inputResponses !== undefined && !isObject(inputResponses)) return '"inputResponses" must be an object';
  if (requestState !== undefined && typeof requestState !== 'string') return '"requestState" must be a string';
  const extra: Record<string, Json> = { ...subject.extra };
  for (const key of roundKeys) if (params[key] !== undefined) extra[key] = params[key];
  return { ...subject, extra };
}

/** Ids that later witnesses may join on. Nothing proves them. */
function claimsOf(meta: JsonObject): Readonly<Record<string, string>> {
  const toolUseId = meta['claudecode/toolUseId'];
  const trace = meta['traceparent'];
  return {
    ...(typeof toolUseId === 'string' && { toolUseId: toolUseId.slice(0, 128) }),
    ...(typeof trace === 'string' && { traceparent: trace.slice(0, 64) }),
  };
}

/** The client as a 2026-07-28 envelope names it. */
export function clientOf(meta: JsonObject): Client {
  const capabilities = meta[metaKeys.capabilities];
  return { info: infoOf(meta[metaKeys.clientInfo]), capabilities: isObject(capabilities) ? capabilities : noObject };
}

/** Name and version, cut and cleaned: they are shown and recorded. */
export function infoOf(info: Json | undefined): Client['info'] {
  const field = (value: Json | undefined) => (typeof value === 'string' && value !== '' ? cleanText(value, 100) : 'unknown');
  return isObject(info) ? { name: field(info['name']), version: field(info['version']) } : { name: 'unknown', version: 'unknown' };
}
