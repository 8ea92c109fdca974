import type { McpSubscription } from '@modelcontextprotocol/client';
import type { Outgoing, Session, SessionReply } from './link.ts';

const subscriptionsMax = 256;
const logLevelKey = 'io.modelcontextprotocol/logLevel';

/**
 * Requests of 2025 that a server of 2026 does not know, because it keeps no sessions: the log level travels with each
 * request, and a subscription to a resource is a stream of its own.
 */
export interface Stateful {
  /** Answers in the server's stead; undefined when the server is to answer. */
  instead(session: Session, outgoing: Outgoing): Promise<SessionReply | undefined> | undefined;
  /** The request with what an earlier one asked for. */
  dressed(session: Session, outgoing: Outgoing): Outgoing;
}

/** Remembers what was asked of one upstream. */
export function stateful(): Stateful {
  const streams = new Map<string, McpSubscription>();
  let level: string | undefined;

  async function subscribe(session: Session, uri: string): Promise<SessionReply> {
    if (streams.size >= subscriptionsMax) return { kind: 'error', code: -32602, message: `more than ${subscriptionsMax} subscriptions` };
    await streams.get(uri)?.close();
    try {
      streams.set(uri, await session.client.listen({ resourceSubscriptions: [uri] }));
      return { kind: 'result', result: {}, bytes: 2 };
    } catch (error) {
      return { kind: 'error', code: -32603, message: error instanceof Error ? error.message.slice(0, 500) : 'subscription failed' };
    }
  }

  return {
    instead(session, { method, params }) {
      if (session.era !== 'modern') return undefined;
      const uri = typeof params['uri'] === 'string' ? params['uri'] : '';
      if (method === 'logging/setLevel') {
        level = typeof params['level'] === 'string' ? params['level'] : undefined;
        return Promise.resolve({ kind: 'result', result: {}, bytes: 2 });
      }
      if (method === 'resources/subscribe') return subscribe(session, uri);
      if (method !== 'resources/unsubscribe') return undefined;
      const stream = streams.get(uri);
      streams.delete(uri);
      return Promise.resolve(stream?.close()).then(() => ({ kind: 'result', result: {}, bytes: 2 }) as const);
    },
    dressed(session, outgoing) {
      if (session.era !== 'modern' || level === undefined) return outgoing;
      const meta = (outgoing.params['_meta'] ?? {}) as object;
      return { ...outgoing, params: { ...outgoing.params, _meta: { [logLevelKey]: level, ...meta } } };
    },
  };
}
