import type { Client } from '@modelcontextprotocol/client';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { UpstreamListeners, UpstreamReply } from '@trapkey/contract/upstream.ts';

export type Era = 'modern' | 'legacy';

/** One request as it goes over the wire, whatever the transport. */
export interface Outgoing {
  readonly method: string;
  readonly params: JsonObject;
  readonly clientCapabilities: JsonObject;
  readonly idempotencyKey: string | undefined;
}

/** `expired`: the server forgot the session, and certainly did not run the request. */
export type SessionReply = UpstreamReply | { readonly kind: 'expired' };

/** A negotiated connection. It stays in one era until it is lost. */
export interface Session {
  readonly era: Era;
  /** The SDK's client made the handshake, and keeps the subscription to changes. */
  readonly client: Client;
  /** Certainly gone: the next request needs another session. */
  readonly dead: boolean;
  send(outgoing: Outgoing, listeners: UpstreamListeners, timeoutMs: number): Promise<SessionReply>;
  close(): Promise<void>;
}

/** A notification outside any call. */
export type Notify = (method: string, params: JsonObject) => void;

/** A way to an upstream; each `connect` makes one session. */
export interface Link {
  connect(notify: Notify): Promise<Session>;
  close(): Promise<void>;
}
