import type { JsonObject } from '@trapkey/contract/json.ts';
import type { UpstreamListeners } from '@trapkey/contract/upstream.ts';
import { errorTextMax, noticesMax, progressPendingMax, serverRequestsMax } from './limits.ts';
import type { SessionReply } from './link.ts';

/** One open request: what arrives for it, and how it ends. It ends once. */
export interface Exchange {
  readonly reply: Promise<SessionReply>;
  /** A method: an accessor would give every exchange a hidden class of its own, which keeps all of it until a full collection. */
  settled(): boolean;
  /** A message that belongs to this request; `bytes` is its size on the wire. */
  message(message: JsonObject, bytes: number): void;
  settle(reply: SessionReply): void;
}

export interface ExchangeOptions {
  readonly id: string;
  readonly listeners: UpstreamListeners;
  readonly timeoutMs: number;
  /** Called when nobody waits any more: tells the server, and says whether the request had been sent. */
  readonly cancel: (reason: string) => 'unsent' | 'lost';
  /** Answers a request of the server's own; absent where the era has none. */
  readonly respond: ((message: JsonObject) => void) | undefined;
  /** Runs once, before the reply is known to anyone. */
  readonly onSettled?: (reply: SessionReply) => void;
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

function answerOf(message: JsonObject, bytes: number): SessionReply {
  const { result, error } = message;
  if (isObject(result)) return { kind: 'result', result, bytes };
  if (isObject(error) && Number.isInteger(error['code']) && typeof error['message'] === 'string') {
    const { code, message: text, data } = error;
    return { kind: 'error', code: code as number, message: text.slice(0, errorTextMax), ...(data !== undefined && { data }) };
  }
  return { kind: 'garbage', detail: 'the answer has neither a result nor an error' };
}

/** What a request of the server's own is answered with when nobody answers it. */
export function declined(id: JsonObject[string], method: string): JsonObject {
  if (method === 'ping') return { jsonrpc: '2.0', id, result: {} };
  if (method === 'elicitation/create') return { jsonrpc: '2.0', id, result: { action: 'decline' } };
  return { jsonrpc: '2.0', id, error: { code: -32601, message: `${method} is not offered here` } };
}

/** Opens an exchange. Its listeners are called in order of arrival; progress that is under way is awaited before the reply. */
export function openExchange({ id, listeners, timeoutMs, cancel, respond, onSettled }: ExchangeOptions): Exchange {
  const { promise: reply, resolve } = Promise.withResolvers<SessionReply>();
  const pending = new Set<Promise<unknown>>();
  let settled = false;
  let notices = 0;
  let asked = 0;

  const giveUp = (detail: string) => settle({ kind: cancel(detail), detail });
  const aborted = () => giveUp('the caller cancelled');
  const timer = setTimeout(() => giveUp(`no answer within ${timeoutMs} ms`), timeoutMs);
  listeners.signal.addEventListener('abort', aborted, { once: true });

  function settle(said: SessionReply): void {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    listeners.signal.removeEventListener('abort', aborted);
    onSettled?.(said);
    if (pending.size === 0) resolve(said);
    else void Promise.allSettled(pending).then(() => resolve(said));
  }

  function track(work: void | Promise<void>): void {
    if (!work) return;
    const done: Promise<unknown> = work.catch(() => undefined).finally(() => pending.delete(done));
    pending.add(done);
  }

  function notified(method: string, params: JsonObject) {
    if (++notices > noticesMax) return settle({ kind: 'garbage', detail: `more than ${noticesMax} notifications during one call` });
    if (pending.size >= progressPendingMax) return;
    if (method !== 'notifications/progress') return track(listeners.notification?.(method, params));
    const { progress, total } = params;
    if (typeof progress === 'number') track(listeners.progress?.(progress, typeof total === 'number' ? total : undefined));
  }

  async function request(requestId: JsonObject[string], method: string, params: JsonObject): Promise<void> {
    if (!respond) return;
    const answer = ++asked > serverRequestsMax ? undefined : await listeners.serverRequest?.({ method, params }).catch(() => undefined);
    respond(answer ? { jsonrpc: '2.0', id: requestId, result: answer } : declined(requestId, method));
  }

  return {
    reply,
    settled: () => settled,
    message(message, bytes) {
      if (settled) return;
      const { method, params } = message;
      if (typeof method !== 'string') {
        if (message['id'] === id) settle(answerOf(message, bytes));
      } else if (message['id'] === undefined) notified(method, isObject(params) ? params : {});
      else void request(message['id'], method, isObject(params) ? params : {});
    },
    settle,
  };
}
