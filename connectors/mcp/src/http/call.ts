import type { JsonObject } from '@trapkey/contract/json.ts';
import type { OpenOptions, UpstreamListeners } from '@trapkey/contract/upstream.ts';
import { enveloped } from '../envelope.ts';
import { openExchange } from '../exchange.ts';
import type { Era, Outgoing, SessionReply } from '../link.ts';
import type { Ended } from './body.ts';
import type { Door } from './door.ts';
import { type Mirrored, modernHeaders } from './headers.ts';
import { type Posted, post } from './post.ts';

const resumesMax = 5;
const retryMsMax = 15_000;

/** What all calls of one HTTP session share. */
export interface HttpContext {
  readonly door: Door;
  readonly era: Era;
  /** Session id, protocol version, credentials: the same for every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly options: OpenOptions;
  readonly bytesMax: number;
  readonly sessionful: boolean;
}

/** What an HTTP status says about a request that no message answered. */
function statusReply({ status, text }: Extract<Ended, { kind: 'status' }>, sessionful: boolean): SessionReply {
  const detail = `HTTP ${status} ${text}`.trim();
  if (status === 404 && sessionful) return { kind: 'expired' };
  if (status >= 300 && status < 400) return { kind: 'unsent', detail: `HTTP ${status}: redirects are not followed` };
  // 4xx is a refusal of the request itself; after 5xx (a gateway's time-out among them) nobody knows.
  return status < 500 ? { kind: 'unsent', detail } : { kind: 'lost', detail };
}

/** Tells the server something on a request of its own, and does not care about the answer. */
export function tell({ door, headers, bytesMax, sessionful }: HttpContext, message: JsonObject): void {
  post(door.calls, {
    method: 'POST',
    path: door.path,
    headers,
    body: JSON.stringify(message),
    bytesMax,
    sessionful,
    message: () => undefined,
    ended: () => undefined,
  });
}

/** One request over HTTP: posted, its answer or stream read, the stream taken up again where it breaks off. */
export function call(
  context: HttpContext,
  id: string,
  outgoing: Outgoing,
  mirrored: readonly Mirrored[],
  listeners: UpstreamListeners,
  timeoutMs: number,
): Promise<SessionReply> {
  const { door, era, options, bytesMax, sessionful } = context;
  // A stop may have come while the headers were found out; a signal that fired already tells nobody again.
  if (listeners.signal.aborted) return Promise.resolve({ kind: 'unsent', detail: 'cancelled before it was sent' });
  const token = listeners.progress ? id : undefined;
  const params = enveloped(outgoing, era, token, options);
  const headers = era === 'modern' ? { ...context.headers, ...modernHeaders(outgoing.method, params, mirrored) } : context.headers;
  let posted: Posted | undefined;
  let resumes = 0;
  let resumeTimer: NodeJS.Timeout | undefined;

  const exchange = openExchange({
    id,
    listeners,
    timeoutMs,
    cancel(reason) {
      clearTimeout(resumeTimer);
      const sent = posted?.started() === true;
      posted?.stop();
      if (era === 'legacy' && sent) tell(context, { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason } });
      return sent ? 'lost' : 'unsent';
    },
    respond: era === 'legacy' ? (message) => tell(context, message) : undefined,
  });

  function ended(how: Ended) {
    if (how.kind === 'status') return exchange.settle(statusReply(how, sessionful));
    if (how.kind === 'accepted') return exchange.settle({ kind: 'garbage', detail: 'the request was accepted without an answer' });
    if (how.kind !== 'broken') return exchange.settle(how);
    if (exchange.settled()) return;
    if (++resumes > resumesMax) return exchange.settle({ kind: 'lost', detail: 'the stream broke off again and again' });
    resumeTimer = setTimeout(() => open('GET', { ...headers, 'last-event-id': how.lastEventId }, null), Math.min(how.retryMs, retryMsMax));
  }

  function open(method: 'POST' | 'GET', all: Readonly<Record<string, string>>, body: string | null): void {
    posted = post(door.calls, {
      method,
      path: door.path,
      headers: all,
      body,
      bytesMax,
      sessionful,
      message(message, bytes) {
        // An error without an id answers what this request posted: the server could not read it.
        const ours = message['error'] !== undefined && (message['id'] ?? null) === null ? { ...message, id } : message;
        exchange.message(ours, bytes);
        if (exchange.settled()) posted?.enough();
      },
      ended,
    });
  }

  open('POST', headers, JSON.stringify({ jsonrpc: '2.0', id, method: outgoing.method, params }));
  return exchange.reply;
}
