import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, type Dialect, failed, said } from './answer.ts';
import { runCall, unknownMethod } from './calls.ts';
import type { Caller } from './doors.ts';
import { type Front, isRuling, ownFor } from './front.ts';
import type { Line } from './line.ts';
import { isLogLevel } from './listeners.ts';
import { initializeResult, listed, listResult, negotiated } from './lists.ts';
import { infoOf, isGoverned } from './params.ts';
import { isObject, type Message, type RpcRequest, resultText, rpcCodes } from './rpc.ts';
import type { Session } from './sessions.ts';

const nothing = { method: 'logging/setLevel', name: '' } as const;

/** Opens a session: `initialize` of the 2025 revisions. The answer goes out with the session's id, or none where it is refused. */
export async function initialize(
  front: Front,
  request: RpcRequest,
  caller: Caller,
): Promise<{ readonly answer: Answer; readonly session: Session | undefined }> {
  const { id, params } = request;
  const offered = await front.offer(caller.credential, caller.endpoint, undefined);
  if (isRuling(offered)) {
    const dialect: Dialect = { era: 'legacy', serverInfo: undefined, texts: front.texts };
    return {
      answer: said(id, nothing, front.texts.ruling(offered), { code: offered.code, rule: offered.rule }, dialect, rpcCodes.refused),
      session: undefined,
    };
  }
  const { capabilities } = params;
  const version = negotiated(params['protocolVersion']);
  const client = { info: infoOf(params['clientInfo']), capabilities: isObject(capabilities) ? capabilities : {} };
  const session = front.sessions.create(caller.credential, { path: caller.path, version, client, connection: offered.connection });
  return { answer: { text: resultText(id, initializeResult(offered, ownFor(front, offered), version)), status: 200 }, session };
}

/** Serves one request inside a session. */
export async function serveLegacy(
  front: Front,
  request: RpcRequest,
  caller: Caller,
  session: Session,
  line: Line,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const { id, method } = request;
  if (session.running.has(id)) {
    const error = { status: 200, code: rpcCodes.invalidRequest, message: 'A request with this id is still running in this session.' };
    return line.answer(failed(id, error).text);
  }
  if (isGoverned(method)) return runCall(front, { request, method, caller, client: session.client, line, session, headers });
  const { text, status } = await answerPlain(front, request, caller, session);
  line.answer(text, status);
}

async function answerPlain(front: Front, request: RpcRequest, caller: Caller, session: Session): Promise<Answer> {
  const { id, method, params } = request;
  const dialect: Dialect = { era: 'legacy', serverInfo: undefined, texts: front.texts };
  if (method === 'ping') return { text: resultText(id, {}), status: 200 };
  const list = listed[method];
  if (!list && method !== 'logging/setLevel') return unknownMethod(front, caller, request, dialect);
  const offered = await front.offer(caller.credential, caller.endpoint, session.id);
  if (isRuling(offered))
    return said(id, nothing, front.texts.ruling(offered), { code: offered.code, rule: offered.rule }, dialect, rpcCodes.refused);
  const capability = list?.capability ?? 'logging';
  if (offered.capabilities[capability] === undefined && !(capability === 'tools' && ownFor(front, offered).length > 0))
    return unknownMethod(front, caller, request, dialect);
  if (!list) {
    if (!isLogLevel(params['level']))
      return failed(id, {
        status: 200,
        code: rpcCodes.invalidParams,
        message: 'Invalid params of logging/setLevel: "level" is not a log level.',
      });
    session.logLevel = params['level'];
    return { text: resultText(id, {}), status: 200 };
  }
  if (params['cursor'] !== undefined)
    return failed(id, { status: 200, code: rpcCodes.invalidParams, message: 'This cursor is not known: lists come in one page.' });
  return { text: resultText(id, listResult(method, offered, ownFor(front, offered), 'legacy', 0)), status: 200 };
}

/** Takes what a session's client says without waiting for an answer: a cancellation, or its answer to a question. */
export function takeLegacy(session: Session, message: Message): void {
  if (message.kind === 'response') session.asked.get(message.id)?.(message.result);
  if (message.kind === 'notification' && message.method === 'notifications/cancelled') {
    const id = message.params['requestId'];
    // The request is cancelled; a ticket that it opened is not.
    if (typeof id === 'string' || typeof id === 'number') session.running.get(id)?.controller?.abort();
  }
}
