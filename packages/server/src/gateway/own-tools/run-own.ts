import type { Call } from '../../kernel/call.ts';
import type { Offered } from '../../kernel/offer.ts';
import type { Ruling } from '../../kernel/stage.ts';
import { type Answer, answerOf, type Dialect, finish, said } from '../answer.ts';
import { type Front, isRuling } from '../front.ts';
import { listenersOf } from '../listeners.ts';
import { patienceOf } from '../patience.ts';
import { resultText, rpcCodes } from '../rpc.ts';
import type { Running } from '../running.ts';
import type { OwnTool } from './own-tool.ts';

/** Runs one of our own tools. Whom the endpoint is not offered to gets none of them either. */
export async function runOwn(
  front: Front,
  running: Running,
  asked: {
    readonly own: OwnTool;
    readonly call: Call;
    readonly offer: Offered | Ruling;
    readonly dialect: Dialect;
    readonly signal: AbortSignal;
  },
): Promise<Answer> {
  const { own, call, offer, dialect, signal } = asked;
  const { request, caller, client } = running;
  if (isRuling(offer))
    return said(request.id, call, front.texts.ruling(offer), { code: offer.code, rule: offer.rule }, dialect, rpcCodes.refused);
  const answer = await own.run(call.args, {
    caller,
    client,
    listeners: listenersOf(front, running, offer, signal),
    patience: (waitMs) => patienceOf(front, running, () => waitMs, signal),
  });
  if ('handled' in answer) return answerOf(request.id, answer.call, answer.handled, dialect);
  // What became a call has its own entries.
  front.tickets?.counted?.(caller, own.definition.name);
  return { text: resultText(request.id, finish(call, answer.result, dialect)), status: 200 };
}
