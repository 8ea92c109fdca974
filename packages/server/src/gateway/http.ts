import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NotLetIn } from '../kernel/access.ts';
import type { Credential } from '../kernel/call.ts';
import { letFinish } from './body.ts';
import type { Caller } from './doors.ts';
import { single } from './era.ts';
import type { Front } from './front.ts';
import type { Gates } from './gates.ts';
import { accepts, endpointOf, foreignHost } from './guards.ts';
import { isHooksPath, serveHook } from './hooks/serve.ts';
import { isMarketplacePath, serveMarketplace } from './marketplace/serve.ts';
import { refuse, servePost, sessionOf, sourceOf } from './post.ts';
import { sendError, sendJson } from './reply.ts';
import { rpcCodes } from './rpc.ts';
import { EventStream } from './stream.ts';
import { isTelemetryPath, serveTelemetry } from './telemetry/serve.ts';

const metadataPrefix = '/.well-known/oauth-protected-resource';

/** Serves one HTTP request: guards first, identity second, and only then the body. */
export async function serveHttp(front: Front, gates: Gates, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const foreign = foreignHost(req.headers, front.config);
  if (foreign !== undefined) return closing(req, res, 403, rpcCodes.transport, foreign);
  const path = (req.url ?? '/').split('?', 1)[0] as string;
  if (front.hooks && isHooksPath(path)) return serveHook(front, front.hooks, gates, { req, res, path });
  if (front.telemetry && isTelemetryPath(path)) return serveTelemetry(front, front.telemetry, gates, { req, res, path });
  if (front.marketplace && isMarketplacePath(path)) return serveMarketplace(front, front.marketplace, gates, { req, res, path });
  const endpoint = endpointOf(path);
  if (!endpoint) return serveOther(front, path, req, res);
  if (req.method !== 'POST' && req.method !== 'GET' && req.method !== 'DELETE') {
    return closing(req, res, 405, rpcCodes.transport, 'Only POST, GET and DELETE are served here', { allow: 'POST, GET, DELETE' });
  }
  const found = front.authenticate(req.headers.authorization, path, front.clock(), sourceOf(req));
  const who = found instanceof Promise ? await found : found;
  if (isRefusal(who)) {
    const retry = who.retryAfterMs === undefined ? undefined : { 'retry-after': String(Math.ceil(who.retryAfterMs / 1000)) };
    return closing(req, res, who.status, rpcCodes.notLetIn, who.says, { 'www-authenticate': who.wwwAuthenticate, ...retry });
  }
  const caller: Caller = { credential: who, endpoint, path, session: undefined };
  const leave = gates.enter(who.id, req.method === 'GET' ? 'stream' : 'call');
  if (typeof leave === 'string') return refuse({ front, req, res, caller }, null, 429, rpcCodes.busy, leave, { 'retry-after': '1' });
  if (req.method === 'GET') {
    res.once('close', leave);
    return openStandalone(front, req, res, caller);
  }
  try {
    if (req.method === 'POST') await servePost({ front, gates, req, res, caller });
    else endSession(front, req, res, caller);
  } finally {
    leave();
  }
}

function isRefusal(who: Credential | NotLetIn): who is NotLetIn {
  return 'wwwAuthenticate' in who;
}

/** Says no at once, whatever of the body is still to come. */
function closing(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  code: number,
  says: string,
  headers?: Readonly<Record<string, string>>,
): void {
  letFinish(req);
  sendError(res, null, { status, code, message: says }, headers);
}

function proofFor(front: Front, req: IncomingMessage): { readonly proof?: string } {
  const [, nonce] = /^\/healthz\?nonce=([\w-]{16,64})$/.exec(req.url ?? '') ?? [];
  return nonce === undefined || !front.proveSelf ? {} : { proof: front.proveSelf(nonce) };
}

async function serveOther(front: Front, path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method === 'GET' && path === '/healthz') return sendJson(res, 200, JSON.stringify({ status: 'ok', ...proofFor(front, req) }));
  if (req.method === 'GET' && path.startsWith(`${metadataPrefix}/`)) {
    const metadata = front.resourceMetadata(path.slice(metadataPrefix.length));
    if (metadata) return sendJson(res, 200, JSON.stringify(metadata), { 'access-control-allow-origin': '*' });
  }
  if (front.otherwise && !path.startsWith('/p/')) {
    front.otherwise(req, res);
    return;
  }
  return closing(req, res, 404, rpcCodes.transport, 'There is nothing here. Connectors are at /p/<plugin>/<version>/<connector>');
}

/** GET: the standing stream of a session, or the rest of one that broke off. */
async function openStandalone(front: Front, req: IncomingMessage, res: ServerResponse, caller: Caller): Promise<void> {
  const about = { front, req, res, caller };
  if (req.headers['mcp-session-id'] === undefined)
    return closing(req, res, 405, rpcCodes.transport, 'A stream needs a session; revision 2026-07-28 uses POST only', { allow: 'POST' });
  if (!accepts(req.headers.accept).stream)
    return refuse(about, null, 406, rpcCodes.invalidRequest, 'The client must accept text/event-stream');
  const session = sessionOf(about, null);
  if (!session) return;
  const headers = { 'mcp-session-id': session.id };
  const last = single(req.headers['last-event-id']);
  if (last === undefined) {
    session.standalone ??= new EventStream(front.config, session.version >= '2025-11-25', () => {
      session.standalone = undefined;
    });
    return session.standalone.attach(res, headers);
  }
  const [, id, seq] = /^([0-9A-Z]+)\.(\d{1,9})$/.exec(last) ?? [];
  const stream = session.standalone?.id === id ? session.standalone : session.streams.get(id ?? '');
  if (!stream) return refuse(about, null, 400, rpcCodes.invalidRequest, 'The stream that Last-Event-ID names is no longer kept');
  return stream.attach(res, headers, Number(seq));
}

function endSession(front: Front, req: IncomingMessage, res: ServerResponse, caller: Caller): void {
  const session = sessionOf({ front, req, res, caller }, null);
  if (!session) return;
  front.sessions.end(session);
  res.writeHead(200, { 'content-length': 0 });
  res.end();
}
