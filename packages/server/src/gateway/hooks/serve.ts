import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { hooksPath } from '../../kernel/announced.ts';
import type { Credential } from '../../kernel/call.ts';
import { parseIJson } from '../../kernel/ijson.ts';
import { letFinish, readBody } from '../body.ts';
import type { Caller } from '../doors.ts';
import type { Front } from '../front.ts';
import type { Gates } from '../gates.ts';
import { endpointOf } from '../guards.ts';
import { sourceOf } from '../post.ts';
import { sendJson } from '../reply.ts';
import { answerEvent } from './answer-event.ts';
import { denied } from './answers.ts';
import type { HookDoors } from './doors.ts';
import { type HookEvent, readEvent } from './event.ts';

/** Whether a path is one that hooks post to: `/hooks/claude`, or with the endpoint that a credential is for behind it. */
export function isHooksPath(path: string): boolean {
  return path === hooksPath || endpointOf(path.slice(hooksPath.length)) !== undefined;
}

/**
 * Answers one event. Always with 200 and words that a client reads as no: with any other status it lets the tool run,
 * unless its hook says `onFailure: "block"`.
 */
export async function serveHook(
  front: Front,
  hooks: HookDoors,
  gates: Gates,
  { req, res, path }: { readonly req: IncomingMessage; readonly res: ServerResponse; readonly path: string },
): Promise<void> {
  if (req.method !== 'POST') {
    letFinish(req);
    return sendJson(res, 405, JSON.stringify(denied('Hooks post their events. Nothing was decided.')), { allow: 'POST' });
  }
  const who = await front.authenticate(req.headers.authorization, pathOf(path), front.clock(), sourceOf(req));
  if ('wwwAuthenticate' in who) {
    letFinish(req);
    return no(res, who.says, { 'www-authenticate': who.wwwAuthenticate });
  }
  const caller = callerOf(who);
  // The agent holds the tokens of its connectors: whoever could announce with one could pose as the hook.
  if (!caller || !speaksForClient(hooks, caller)) {
    letFinish(req);
    return no(res, 'This credential is not one for hooks.');
  }
  const leave = gates.enter(who.id, 'call');
  const refuse = (says: string, code: 'invalid_input' | 'limit_reached' = 'invalid_input') => {
    front.rejected?.({ caller, code, says, source: sourceOf(req) });
    letFinish(req);
    return no(res, says);
  };
  if (typeof leave === 'string') return refuse(leave, 'limit_reached');
  try {
    const body = await readBody(req, front.config.bodyBytesMax, gates.bodies);
    if ('gone' in body) return;
    if ('noRoom' in body) return refuse('The gateway is reading as much as it may already', 'limit_reached');
    if ('tooLarge' in body) return refuse(`The event is over ${front.config.bodyBytesMax} bytes`);
    const read = eventOf(body.bytes, front.config.depthMax);
    if (typeof read === 'string') return refuse(read);
    sendJson(res, 200, JSON.stringify(await answerEvent(front, hooks, caller, read)));
  } finally {
    leave();
  }
}

/** What a credential is shown at: its own endpoint where the path names one, else wherever its token is for. */
function pathOf(path: string): string {
  return path === hooksPath ? hooksPath : path.slice(hooksPath.length);
}

function callerOf(credential: Credential): Caller | undefined {
  const endpoint = endpointOf(credential.audience);
  return endpoint && { credential, endpoint, path: credential.audience, session: undefined };
}

function speaksForClient(hooks: HookDoors, { endpoint }: Caller): boolean {
  const { connections, connectors } = hooks.policy();
  return connections.get(connectors.get(endpoint.connector)?.connection ?? '')?.hook !== undefined;
}

function no(res: ServerResponse, says: string, headers?: Readonly<Record<string, string>>): void {
  sendJson(res, 200, JSON.stringify(denied(`NOT DONE: not decided, so not run. ${says.replace(/\.?$/, '.')}`)), headers);
}

/** An event with whether its body was I-JSON; a string says why it is none. */
function eventOf(bytes: Buffer, depthMax: number): { readonly event: HookEvent; readonly strict: boolean } | string {
  const read = parseIJson(bytes, depthMax);
  const value = read.ok ? read.value : lenient(bytes);
  const event = value === undefined ? 'it is no JSON' : readEvent(value);
  if (typeof event === 'string') return `The event cannot be read: ${event}`;
  // What came of a tool may hold anything; what is decided must be what any reader of the same bytes would see.
  if (!read.ok && event.kind !== 'PostToolUse' && event.kind !== 'PostToolUseFailure') return `The event is not I-JSON: ${read.says}`;
  return { event, strict: read.ok };
}

function lenient(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as JsonObject;
  } catch {
    return undefined;
  }
}
