import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseIJson } from '../kernel/ijson.ts';
import { letFinish, readBody } from './body.ts';
import type { Caller } from './doors.ts';
import { eraOf, legacyRevisions, single } from './era.ts';
import type { Front } from './front.ts';
import type { Gates } from './gates.ts';
import { accepts } from './guards.ts';
import { initialize, serveLegacy, takeLegacy } from './legacy.ts';
import { Line } from './line.ts';
import { serveModern } from './modern.ts';
import { sendAccepted, sendError } from './reply.ts';
import { type Id, type Message, type RpcRequest, readMessage, rpcCodes } from './rpc.ts';
import type { Session } from './sessions.ts';

interface Post {
  readonly front: Front;
  readonly gates: Gates;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly caller: Caller;
}

/** Serves one POST of a caller that was let in: reads, parses, tells the eras apart. */
export async function servePost(post: Post): Promise<void> {
  const { front, req, res, caller } = post;
  if (!/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? ''))
    return refuse(post, null, 415, rpcCodes.invalidRequest, 'The Content-Type must be application/json');
  const accepted = accepts(req.headers.accept);
  if (!accepted.json && !accepted.stream)
    return refuse(post, null, 406, rpcCodes.invalidRequest, 'The client must accept application/json or text/event-stream');
  const body = await readBody(req, front.config.bodyBytesMax, post.gates.bodies);
  if ('gone' in body) return;
  if ('noRoom' in body) {
    letFinish(req);
    const says = `The gateway is reading ${front.config.bodyBytesInFlightMax} bytes of requests already, which is its limit; send it again later`;
    return refuse(post, null, 503, rpcCodes.busy, says, { 'retry-after': '1' });
  }
  if ('tooLarge' in body) {
    letFinish(req);
    return refuse(post, null, 413, rpcCodes.invalidRequest, `The body is over ${front.config.bodyBytesMax} bytes`);
  }
  const read = parseIJson(body.bytes, front.config.depthMax);
  if (!read.ok) return refuse(post, null, 400, rpcCodes.parse, `The body is not I-JSON: ${read.says}`);
  if (Array.isArray(read.value)) return serveBatch(post, read.value.map(readMessage));
  const message = readMessage(read.value);
  if (message.kind === 'invalid') return refuse(post, message.id, 400, rpcCodes.invalidRequest, `Not a JSON-RPC message: ${message.says}`);
  const era = eraOf(message, req.headers);
  if ('error' in era) {
    front.rejected?.({ caller, code: 'invalid_input', says: era.error.message, source: sourceOf(req) });
    return sendError(res, message.kind === 'request' ? message.id : null, era.error);
  }
  if (era.era === 'legacy') return serveSession(post, message);
  if (message.kind !== 'request') return sendAccepted(res);
  const line = lineOf(post, 1, {});
  if (message.method === 'subscriptions/listen') {
    const leave = post.gates.enter(caller.credential.id, 'stream');
    if (typeof leave === 'string') return refuse(post, message.id, 429, rpcCodes.busy, leave);
    line.onLost(leave);
    res.once('close', leave);
  }
  return serveModern(front, message, caller, line, req.headers);
}

async function serveSession(post: Post, message: Exclude<Message, { kind: 'invalid' }>): Promise<void> {
  const { front, req, res, caller } = post;
  const version = single(req.headers['mcp-protocol-version']);
  const id = message.kind === 'request' ? message.id : null;
  if (version !== undefined && !legacyRevisions.includes(version)) {
    return refuse(
      post,
      id,
      400,
      rpcCodes.invalidRequest,
      `Protocol version ${version.slice(0, 40)} is not spoken here; ${legacyRevisions.join(', ')} and 2026-07-28 are`,
    );
  }
  if (message.kind === 'request' && message.method === 'initialize') {
    const { answer, session } = await initialize(front, message, caller);
    lineOf(post, 1, session ? { 'mcp-session-id': session.id } : {}).answer(answer.text, answer.status);
    return;
  }
  const session = sessionOf(post, id);
  if (!session) return;
  if (message.kind !== 'request') {
    takeLegacy(session, message);
    return sendAccepted(res);
  }
  return serveLegacy(
    front,
    message,
    { ...caller, session: session.id },
    session,
    lineOf(post, 1, { 'mcp-session-id': session.id }, session),
    req.headers,
  );
}

/** Several messages at once: only revision 2025-03-26 knows that. */
async function serveBatch(post: Post, messages: readonly Message[]): Promise<void> {
  const { front, req, res, caller } = post;
  const { batchMax } = front.config;
  if (messages.length === 0 || messages.length > batchMax)
    return refuse(post, null, 400, rpcCodes.invalidRequest, `A batch holds 1 to ${batchMax} messages`);
  const session = sessionOf(post, null);
  if (!session) return;
  if (session.version !== '2025-03-26')
    return refuse(post, null, 400, rpcCodes.invalidRequest, `Revision ${session.version} has no batches; send one message at a time`);
  const bad = messages.find(
    (one) => one.kind === 'invalid' || !isLegacy(eraOf(one, req.headers)) || (one.kind === 'request' && one.method === 'initialize'),
  );
  if (bad) return refuse(post, null, 400, rpcCodes.invalidRequest, 'A message of the batch is invalid, so none was served');
  const requests = messages.filter((one): one is Message & RpcRequest & { kind: 'request' } => one.kind === 'request');
  for (const one of messages) takeLegacy(session, one);
  if (requests.length === 0) return sendAccepted(res);
  // The POST has one place already; each further call of it takes one more.
  const places = requests.slice(1).map(() => post.gates.enter(caller.credential.id, 'call'));
  const full = places.find((place) => typeof place === 'string');
  try {
    if (full !== undefined) return refuse(post, null, 429, rpcCodes.busy, full);
    const line = lineOf(post, requests.length, { 'mcp-session-id': session.id }, session);
    await Promise.all(
      requests.map((request) => serveLegacy(front, request, { ...caller, session: session.id }, session, line, req.headers)),
    );
  } finally {
    for (const leave of places) if (typeof leave !== 'string') leave();
  }
}

const isLegacy = (era: ReturnType<typeof eraOf>): boolean => 'era' in era && era.era === 'legacy';

/** The session that the header names; answers and gives nothing where there is none for this caller. */
export function sessionOf(post: Pick<Post, 'front' | 'req' | 'res' | 'caller'>, id: Id | null): Session | undefined {
  const { front, req, caller } = post;
  const named = single(req.headers['mcp-session-id']);
  if (named === undefined) {
    refuse(post, id, 400, rpcCodes.invalidRequest, 'The Mcp-Session-Id header is missing: send initialize first');
    return undefined;
  }
  const session = front.sessions.find(named, caller.credential, caller.path);
  if (!session) refuse(post, id, 404, rpcCodes.invalidRequest, 'This session is not known, or has ended: send initialize again');
  return session;
}

function lineOf({ front, req, res }: Post, expects: number, headers: Readonly<Record<string, string>>, session?: Session): Line {
  const { config, clock, sessions } = front;
  const resumable = session && ((lost: () => void) => sessions.stream(session, lost));
  return new Line(res, { accepts: accepts(req.headers.accept), limits: config, headers, expects, clock, ...(resumable && { resumable }) });
}

export function refuse(
  { front, req, res, caller }: Pick<Post, 'front' | 'req' | 'res' | 'caller'>,
  id: Id | null,
  status: number,
  code: number,
  says: string,
  headers?: Readonly<Record<string, string>>,
): void {
  front.rejected?.({ caller, code: code === rpcCodes.busy ? 'limit_reached' : 'invalid_input', says, source: sourceOf(req) });
  sendError(res, id, { status, code, message: `${says}. Nothing was called.` }, headers);
}

export function sourceOf(req: IncomingMessage): string {
  return req.socket.remoteAddress ?? 'unknown';
}
