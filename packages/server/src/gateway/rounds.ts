import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ServerRequest } from '@trapkey/contract/upstream.ts';
import type { Call } from '../kernel/call.ts';
import type { CallListeners, Handled } from '../kernel/handle.ts';
import { newCallId } from '../kernel/ids.ts';
import type { Offered } from '../kernel/offer.ts';
import { type Answer, answerOf, type Dialect, failed, said } from './answer.ts';
import { ask, inputRequests, unfit } from './asks.ts';
import type { Front } from './front.ts';
import { rpcCodes } from './rpc.ts';
import type { Running } from './running.ts';

interface Round {
  readonly call: Call;
  readonly handled: Extract<Handled, { kind: 'result' }>;
  readonly offered: Offered | undefined;
  readonly dialect: Dialect;
  readonly listeners: CallListeners;
}

/**
 * The upstream wants something of the client before it goes on. A stateless client gets the requests and comes back
 * with a call of its own; for a session's client the front asks, and each round is a call through the pipeline.
 */
export async function roundsFor(front: Front, running: Running, first: Round): Promise<Answer> {
  const { request, session, line, client } = running;
  let round = first;
  for (let rounds = 0; rounds < front.config.roundsMax; rounds++) {
    const { handled, call, offered, dialect, listeners } = round;
    const requests = inputRequests(handled.result);
    if (!requests) return stuck(request.id, round, 'The connector asks for something in a form that is not valid');
    for (const wanted of requests.values()) {
      const why = unfit(wanted, offered?.asks ?? { sampling: false, elicitationHosts: [] }, client.capabilities);
      if (why && 'says' in why) return stuck(request.id, round, why.says);
      if (why) return missing(request.id, round, wanted, why.missing, session !== undefined);
    }
    if (!session)
      return answerOf(request.id, call, { ...handled, result: { ...handled.result, inputRequests: objectOf(requests) } }, dialect);
    const responses: Record<string, Json> = {};
    for (const [key, wanted] of requests) {
      const answered = await ask(session, line, wanted, front.config.askTimeoutMs, listeners.signal);
      if (!answered) return stuck(request.id, round, 'The connector asked the person something, and no answer came');
      responses[key] = answered;
    }
    const atMs = front.clock();
    const { requestState } = handled.result;
    const extra: JsonObject = { ...first.call.extra, inputResponses: responses, ...(requestState !== undefined && { requestState }) };
    const again = { ...call, id: newCallId(atMs), atMs, extra };
    const next = await front.handle(again, listeners);
    if (next.kind !== 'result' || next.result['resultType'] !== 'input_required') return answerOf(request.id, again, next, dialect);
    round = { ...round, call: again, handled: next };
  }
  return stuck(request.id, round, 'The connector kept asking for more than one call may be asked');
}

function objectOf(requests: ReadonlyMap<string, ServerRequest>): JsonObject {
  return Object.fromEntries([...requests].map(([key, { method, params }]) => [key, { method, params }]));
}

/** -32021: the client never said that it can do this. A session's client knows no such code and is told in words. */
function missing(id: Running['request']['id'], round: Round, wanted: ServerRequest, required: JsonObject, session: boolean): Answer {
  const says = `The connector asks the client for ${wanted.method}, which this client did not declare`;
  if (session) return stuck(id, round, says);
  return failed(id, { status: 400, code: rpcCodes.missingCapability, message: `${says}.`, data: { requiredCapabilities: required } });
}

function stuck(id: Running['request']['id'], { call, dialect, handled }: Round, says: string): Answer {
  const text = `NOT DONE: ${says}. The connector was reached and waits for nothing more. Do not try another way to the same goal.`;
  return said(id, call, text, { call: handled.call, code: 'upstream_invalid' }, dialect, rpcCodes.refused);
}
