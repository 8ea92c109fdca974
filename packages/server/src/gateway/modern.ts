import type { IncomingHttpHeaders } from 'node:http';
import { type Dialect, failed, said } from './answer.ts';
import { runCall, unknownMethod } from './calls.ts';
import type { Caller } from './doors.ts';
import { metaOf } from './era.ts';
import { type Front, isRuling, ownFor } from './front.ts';
import type { Line } from './line.ts';
import { discoverResult, listed, listResult } from './lists.ts';
import { clientOf, isGoverned } from './params.ts';
import { type RpcRequest, resultText, rpcCodes } from './rpc.ts';
import { isTaskMethod, serveTask } from './tasks/tasks.ts';

/** Methods of the era that no longer exist in this revision. */
const gone = new Set(['resources/subscribe', 'resources/unsubscribe']);

/** Serves one request of revision 2026-07-28: stateless, everything it needs is in it. */
export async function serveModern(
  front: Front,
  request: RpcRequest,
  caller: Caller,
  line: Line,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const { method, params } = request;
  if (isGoverned(method) && !gone.has(method)) {
    return runCall(front, { request, method, caller, client: clientOf(metaOf(params)), line, session: undefined, headers });
  }
  const answer =
    front.tickets && isTaskMethod(method)
      ? await serveTask(front, front.tickets, request, caller, line)
      : await listOrListen(front, request, caller, line);
  if (answer) line.answer(answer.text, answer.status);
}

async function listOrListen(front: Front, request: RpcRequest, caller: Caller, line: Line) {
  const { id, method, params } = request;
  const dialect: Dialect = { era: 'modern', serverInfo: undefined, texts: front.texts };
  const list = listed[method];
  if (!list && method !== 'server/discover' && method !== 'subscriptions/listen') return unknownMethod(front, caller, request, dialect);
  const offered = await front.offer(caller.credential, caller.endpoint, caller.session);
  if (isRuling(offered))
    return said(
      id,
      { method: 'logging/setLevel', name: '' },
      front.texts.ruling(offered),
      { code: offered.code, rule: offered.rule },
      dialect,
      rpcCodes.refused,
    );
  if (method === 'server/discover')
    return { text: resultText(id, discoverResult(offered, ownFor(front, offered), front.config.listTtlMs)), status: 200 };
  if (list) {
    if (offered.capabilities[list.capability] === undefined && !(list.key === 'tools' && ownFor(front, offered).length > 0))
      return unknownMethod(front, caller, request, dialect);
    if (params['cursor'] !== undefined)
      return failed(id, { status: 200, code: rpcCodes.invalidParams, message: 'This cursor is not known: lists come in one page.' });
    return { text: resultText(id, listResult(method, offered, ownFor(front, offered), 'modern', front.config.listTtlMs)), status: 200 };
  }
  if (!line.canStream)
    return failed(id, {
      status: 406,
      code: rpcCodes.invalidRequest,
      message: 'subscriptions/listen needs a client that accepts text/event-stream.',
    });
  if (front.listens.open(caller, id, params, offered, line)) return undefined;
  return failed(id, {
    status: 200,
    code: rpcCodes.invalidParams,
    message: 'Invalid params of subscriptions/listen: "notifications" must be an object.',
  });
}
