import type { JsonObject } from '@trapkey/contract/json.ts';
import type { OpenOptions, UpstreamAddress, UpstreamLimits } from '@trapkey/contract/upstream.ts';
import { enveloped } from '../envelope.ts';
import { openExchange } from '../exchange.ts';
import { eraOf, shakeHands } from '../handshake.ts';
import type { Era, Link, Notify, Session } from '../link.ts';
import { wordsOf } from '../words.ts';
import { startChild } from './child.ts';
import { openPending } from './pending.ts';
import { openPipe } from './transport.ts';

type StdioAddress = Extract<UpstreamAddress, { kind: 'stdio' }>;

/** A message may be this much longer than the result in it. */
const wrappingBytes = 64 * 1024;
const probeMsMax = 5_000;

async function connect(
  address: StdioAddress,
  limits: UpstreamLimits,
  options: OpenOptions,
  known: Era | undefined,
  notify: Notify,
): Promise<Session> {
  const child = await startChild(address, options.hidden ?? []);
  const pending = openPending(child.kill);
  let lost: string | undefined;
  const pipe = openPipe(child, limits.resultBytesMax + wrappingBytes, {
    claimed: (message, bytes) => pending.claim(message, bytes, pipe.write),
    oversize: (head, tail) => pending.oversize(head, tail, limits.resultBytesMax),
    gone(detail) {
      lost = detail;
      pending.lost(detail);
    },
  });
  const timeoutMs = limits.startTimeoutMs;
  const probeMs = Math.min(timeoutMs / 2, probeMsMax);
  const client = await shakeHands({ transport: pipe.transport, options, timeoutMs, probeMs, known, notify, flooded: child.kill }).catch(
    async (error: unknown) => {
      await child.end();
      throw new Error(lost ?? wordsOf(error));
    },
  );
  const era = eraOf(client);
  let requests = 0;

  async function send(outgoing: Parameters<Session['send']>[0], listeners: Parameters<Session['send']>[1], callTimeoutMs: number) {
    if (listeners.signal.aborted) return { kind: 'unsent' as const, detail: 'cancelled before it was sent' };
    const id = `t-${++requests}`;
    const params = enveloped(outgoing, era, listeners.progress ? id : undefined, options);
    let sent = false;
    const exchange = openExchange({
      id,
      listeners,
      timeoutMs: callTimeoutMs,
      cancel(reason) {
        if (sent) pipe.write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason } });
        return sent ? 'lost' : 'unsent';
      },
      respond: era === 'legacy' ? (message: JsonObject) => void pipe.write(message) : undefined,
      onSettled: () => pending.remove(id),
    });
    pending.add(id, exchange);
    sent = pipe.write({ jsonrpc: '2.0', id, method: outgoing.method, params });
    if (!sent) exchange.settle({ kind: 'unsent', detail: lost ?? 'the process does not read its input' });
    return await exchange.reply;
  }

  return {
    era,
    client,
    get dead() {
      return lost !== undefined || !child.alive;
    },
    send,
    async close() {
      await client.close().catch(() => undefined);
      await child.end();
    },
  };
}

/** The link to an upstream that is a process of its own. */
export function stdioLink(address: StdioAddress, limits: UpstreamLimits, options: OpenOptions): Link {
  let known: Era | undefined;
  return {
    async connect(notify) {
      try {
        const session = await connect(address, limits, options, known, notify);
        known = session.era;
        return session;
      } catch (error) {
        // Some servers of 2025 end themselves at a request before `initialize`: the next start does not ask them.
        if (known === undefined) {
          const session = await connect(address, limits, options, 'legacy', notify);
          known = session.era;
          return session;
        }
        throw error;
      }
    },
    async close() {},
  };
}
