import type { JsonObject } from '@trapkey/contract/json.ts';
import type { AgentTicket } from '../../kernel/agent-tickets.ts';
import { type Answer, answerOf, type Dialect, failed, finish, said } from '../answer.ts';
import type { Caller, TicketSide } from '../doors.ts';
import { metaOf } from '../era.ts';
import { type Front, isRuling } from '../front.ts';
import type { Line } from '../line.ts';
import { clientOf } from '../params.ts';
import { patienceOf } from '../patience.ts';
import { type Resumed, resumeTicket, whoseOf } from '../resuming.ts';
import { type RpcRequest, resultText, rpcCodes } from '../rpc.ts';
import { declaresTasks, tasksExtension } from './declared.ts';
import { type TaskState, taskOf } from './task.ts';

const methods = new Set(['tasks/get', 'tasks/update', 'tasks/cancel']);
/** A call that is approved but refused (a stop, say) is not tried again at every poll. */
const refusedKeepMs = 30_000;
const refusedMax = 1_000;

interface Asked {
  readonly front: Front;
  readonly side: TicketSide;
  readonly request: RpcRequest;
  readonly caller: Caller;
  readonly line: Line;
  readonly taskId: string;
}

export function isTaskMethod(method: string): boolean {
  return methods.has(method);
}

/** Answers what a client asks about a task, which is a ticket: bound to the same person and release, ended with it. */
export async function serveTask(front: Front, side: TicketSide, request: RpcRequest, caller: Caller, line: Line): Promise<Answer> {
  const { id, method, params } = request;
  const dialect: Dialect = { era: 'modern', serverInfo: undefined, texts: front.texts };
  if (!declaresTasks(clientOf(metaOf(params)).capabilities)) {
    const message = `${method} needs a client that declares the extension ${tasksExtension}. Nothing was changed.`;
    const data = { requiredCapabilities: { extensions: { [tasksExtension]: {} } } };
    return failed(id, { status: 400, code: rpcCodes.missingCapability, message, data });
  }
  const offer = await front.recentOffer(caller);
  if (isRuling(offer)) {
    const nothing = { method: 'logging/setLevel', name: '' } as const;
    return said(id, nothing, front.texts.ruling(offer), { code: offer.code, rule: offer.rule }, dialect, rpcCodes.refused);
  }
  const { taskId } = params;
  const unknown = () =>
    failed(id, {
      status: 200,
      code: rpcCodes.invalidParams,
      message: 'There is no such task of this person and plugin. Nothing was changed.',
    });
  if (typeof taskId !== 'string' || taskId.length > 64) return unknown();
  side.counted?.(caller, method);
  if (method === 'tasks/get') {
    const task = await get({ front, side, request, caller, line, taskId });
    return task ? { text: resultText(id, finish({ method: 'tools/call' }, task, dialect)), status: 200 } : unknown();
  }
  // Nothing is ever asked of the client, so an update changes nothing.
  const known =
    method === 'tasks/cancel'
      ? await side.door.withdraw(taskId, whoseOf(caller), caller.credential.client)
      : await side.door.find(taskId, whoseOf(caller));
  return known ? { text: resultText(id, { resultType: 'complete' }), status: 200 } : unknown();
}

async function get(asked: Asked): Promise<JsonObject | undefined> {
  const { front, side, taskId, caller } = asked;
  const { refusedTasks } = front;
  const kept = refusedTasks.get(taskId);
  const waiting = kept && kept.untilMs > front.clock() ? await side.door.find(taskId, whoseOf(caller)) : undefined;
  if (kept && waiting?.view.state === 'approved') return taskOf(waiting.view, { status: 'working', statusMessage: kept.says });
  refusedTasks.delete(taskId);
  const came = await comeBack(asked);
  const now = came?.kind === 'handled' ? await side.door.find(taskId, whoseOf(caller)) : came?.ticket;
  if (!came || !now) return undefined;
  const state = came.kind === 'handled' ? handledState(asked, came, now) : restingState(side, came);
  if (state.status === 'working' && came.kind === 'handled') {
    if (refusedTasks.size >= refusedMax) refusedTasks.clear();
    refusedTasks.set(taskId, { says: state.statusMessage, untilMs: front.clock() + refusedKeepMs });
  }
  return taskOf(now.view, state, now.changedAtMs);
}

/** Coming back for a task is the agent resuming its ticket: where it was approved, it runs now. */
async function comeBack({ front, request, caller, line, taskId }: Asked): Promise<Resumed | undefined> {
  const abort = new AbortController();
  line.onLost(() => abort.abort());
  const client = clientOf(metaOf(request.params));
  const patience = patienceOf(front, { line, request }, () => 0, abort.signal);
  const came = await resumeTicket(front, { ticket: taskId, caller, client, listeners: { signal: abort.signal }, patience });
  return came?.kind === 'elsewhere' ? undefined : came;
}

function restingState({ texts }: TicketSide, { kind, ticket }: Exclude<Resumed, { kind: 'handled' }>): TaskState {
  if (kind === 'open') return { status: 'working', statusMessage: texts.open(ticket) };
  const says = texts.ended(ticket);
  if (ticket.view.state === 'withdrawn') return { status: 'cancelled', statusMessage: says };
  return { status: 'completed', result: { resultType: 'complete', content: [{ type: 'text', text: says }], isError: true } };
}

/** A refusal is an answer of the tool, so that its text is kept; `failed` is for errors of the protocol. */
function handledState({ front, request }: Asked, { call, handled }: Extract<Resumed, { kind: 'handled' }>, now: AgentTicket): TaskState {
  if (handled.kind === 'refused' && now.view.state === 'approved')
    return { status: 'working', statusMessage: front.texts.refused(handled, call) };
  if (handled.kind === 'protocol_error')
    return { status: 'failed', error: { code: handled.code, message: handled.message.slice(0, 2_000) } };
  const { text } = answerOf(request.id, call, handled, { era: 'modern', serverInfo: undefined, texts: front.texts });
  return { status: 'completed', result: (JSON.parse(text) as { result: JsonObject }).result };
}
