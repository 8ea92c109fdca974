import type { Call } from '../kernel/call.ts';
import type { Offered } from '../kernel/offer.ts';
import { type Answer, answerOf, type Dialect, failed, finish, said } from './answer.ts';
import type { Caller } from './doors.ts';
import { mismatch } from './era.ts';
import { type Front, isRuling } from './front.ts';
import { paramMismatch } from './headers.ts';
import { heldWaitMs, throughTickets } from './held.ts';
import { listenersOf } from './listeners.ts';
import { governedBy } from './lists.ts';
import { runOwn } from './own-tools/run-own.ts';
import { callOf } from './params.ts';
import { patienceOf } from './patience.ts';
import { roundsFor } from './rounds.ts';
import { type RpcRequest, resultText, rpcCodes } from './rpc.ts';
import type { Running } from './running.ts';
import type { Cancelling } from './sessions.ts';
import { declaresTasks } from './tasks/declared.ts';
import { createdTask } from './tasks/task.ts';

/** Runs a proposed call and answers it. Never throws: what was not expected is said as a failure, and is logged. */
export async function runCall(front: Front, running: Running): Promise<void> {
  const { request, line } = running;
  const abort = new AbortController();
  line.onLost(() => abort.abort());
  const cancelling: Cancelling = { controller: abort };
  running.session?.running.set(request.id, cancelling);
  let answer: Answer;
  try {
    answer = await answerCall(front, running, abort.signal);
  } catch (error) {
    front.log('a call failed unexpectedly', error);
    const message = 'Trapkey failed while handling this call. Whether it happened is not known; the record shows it.';
    answer = failed(request.id, { status: 200, code: rpcCodes.internal, message });
  }
  cancelling.controller = undefined;
  running.session?.running.delete(request.id);
  line.answer(answer.text, answer.status);
}

async function answerCall(front: Front, running: Running, signal: AbortSignal): Promise<Answer> {
  const { request, method, caller, client, session } = running;
  const call = callOf(method, request.params, caller, client, front.clock());
  const found = front.recentOffer(caller);
  const offer = found instanceof Promise ? await found : found;
  const offered = isRuling(offer) ? undefined : offer;
  const dialect: Dialect = { era: session ? 'legacy' : 'modern', serverInfo: offered?.serverInfo, texts: front.texts };
  if (typeof call === 'string') {
    front.rejected?.({ caller, code: 'invalid_input', says: call, source: method });
    return failed(request.id, {
      status: 200,
      code: rpcCodes.invalidParams,
      message: `Invalid params of ${method}: ${call}. Nothing was called.`,
    });
  }
  if (isRuling(offer) && method !== 'tools/call') {
    return said(request.id, call, front.texts.ruling(offer), { code: offer.code, rule: offer.rule }, dialect, rpcCodes.refused);
  }
  const capability = governedBy[method];
  if (capability !== undefined && offered && offered.capabilities[capability] === undefined)
    return unknownMethod(front, caller, request, dialect);
  const tool = session ? undefined : offered?.tools.find((one) => one.name === call.name);
  const wrong = tool && method === 'tools/call' ? paramMismatch(tool, call.args, running.headers) : undefined;
  if (wrong !== undefined) {
    front.rejected?.({ caller, code: 'invalid_input', says: wrong, source: method });
    return failed(request.id, mismatch(wrong).error);
  }
  const own = method === 'tools/call' ? front.own.find((one) => one.definition.name === call.name) : undefined;
  if (own) return runOwn(front, running, { own, call, offer, dialect, signal });
  return govern(front, running, call, offered, dialect, signal);
}

async function govern(
  front: Front,
  running: Running,
  call: Call,
  offered: Offered | undefined,
  dialect: Dialect,
  signal: AbortSignal,
): Promise<Answer> {
  const { request, session } = running;
  const listeners = listenersOf(front, running, offered, signal);
  const handled = await throughTickets(
    front,
    call,
    listeners,
    patienceOf(front, running, () => heldWaitMs(front, running), signal),
  );
  if (handled.kind === 'held' && !session && call.method === 'tools/call' && declaresTasks(running.client.capabilities)) {
    const task = createdTask(handled.ticket, front.texts.held(handled, call));
    return { text: resultText(request.id, finish(call, task, dialect)), status: 200 };
  }
  const resource = request.params['uri'];
  if (session && handled.kind === 'result' && typeof resource === 'string') {
    if (call.method === 'resources/subscribe') remember(session.subscribed, resource);
    if (call.method === 'resources/unsubscribe') session.subscribed.delete(resource);
  }
  if (handled.kind === 'result' && handled.result['resultType'] === 'input_required') {
    return roundsFor(front, running, { call, handled, offered, dialect, listeners });
  }
  return answerOf(request.id, call, handled, dialect);
}

const subscribedMax = 1_024;

/** The oldest subscription is forgotten first. */
function remember(subscribed: Set<string>, uri: string): void {
  const [oldest] = subscribed;
  if (subscribed.size >= subscribedMax && oldest !== undefined) subscribed.delete(oldest);
  subscribed.add(uri);
}

/** -32601; on the stateless revision with HTTP 404. */
export function unknownMethod(
  front: Pick<Front, 'rejected'>,
  caller: Caller,
  request: Pick<RpcRequest, 'id' | 'method'>,
  dialect: Pick<Dialect, 'era'>,
): Answer {
  front.rejected?.({ caller, code: 'invalid_input', says: 'unknown method', source: request.method.slice(0, 80) });
  const message = `Method ${request.method.slice(0, 80)} does not exist here.`;
  return failed(request.id, { status: dialect.era === 'modern' ? 404 : 200, code: rpcCodes.methodNotFound, message });
}
