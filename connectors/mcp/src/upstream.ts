import type { JsonObject } from '@trapkey/contract/json.ts';
import type {
  Definitions,
  Upstream,
  UpstreamLimits,
  UpstreamListeners,
  UpstreamReply,
  UpstreamRequest,
} from '@trapkey/contract/upstream.ts';
import { readDefinitions } from './definitions.ts';
import { openGate } from './gate.ts';
import { waitingFactor } from './limits.ts';
import type { Link, Notify, Session, SessionReply } from './link.ts';
import { openReconnect } from './reconnect.ts';
import { stateful } from './stateful.ts';
import { wordsOf } from './words.ts';

/** An upstream over a link: connected at first use, again after it was lost, and never throwing from `request`. */
export function openUpstream(link: Link, limits: UpstreamLimits): Upstream {
  const heard: Notify[] = [];
  const notify: Notify = (method, params) => {
    for (const listener of heard) listener(method, params);
  };
  const gate = openGate(limits.concurrentMax, limits.concurrentMax * waitingFactor);
  const state = stateful();
  const reconnect = openReconnect(() => link.connect(notify));

  async function send(request: UpstreamRequest, listeners: UpstreamListeners, retried: boolean): Promise<UpstreamReply> {
    let session: Session;
    try {
      session = await reconnect.session();
    } catch (error) {
      return { kind: 'unsent', detail: wordsOf(error) };
    }
    if (listeners.signal.aborted) return { kind: 'unsent', detail: 'cancelled before it was sent' };
    const outgoing = {
      method: request.method,
      params: request.params,
      clientCapabilities: request.clientCapabilities,
      idempotencyKey: request.idempotencyKey,
    };
    const reply: SessionReply =
      (await state.instead(session, outgoing)) ?? (await session.send(state.dressed(session, outgoing), listeners, limits.callTimeoutMs));
    if (reply.kind !== 'expired') return reply;
    reconnect.drop(session);
    // Certainly not executed: the server does not know the session that the request came in.
    return retried ? { kind: 'unsent', detail: 'the server forgot the session twice' } : await send(request, listeners, true);
  }

  return {
    async definitions(signal: AbortSignal): Promise<Definitions> {
      return await readDefinitions(await reconnect.session(), signal, limits.startTimeoutMs);
    },
    async request(request, listeners) {
      const entered = gate.enter();
      if (entered !== true && !(await entered)) return { kind: 'unsent', detail: 'too many calls wait for this connector' };
      try {
        return await send(request, listeners, false);
      } catch (error) {
        return { kind: 'lost', detail: wordsOf(error) };
      } finally {
        gate.leave();
      }
    },
    onNotification(listener: (method: string, params: JsonObject) => void) {
      heard.push(listener);
    },
    async close() {
      await reconnect.close();
      await link.close();
    },
  };
}
