import { type ClientWaits, measuredWaitsMs } from '../kernel/client-waits.ts';

/** Where the front stops: every limit with its unit. Safe defaults; an unsafe choice is spelled out in its name. */
export interface GatewayLimits {
  /** Host names besides loopback that the Host header may name. */
  readonly hosts: readonly string[];
  /** Origins besides loopback that a browser may call from. */
  readonly origins: readonly string[];
  readonly bodyBytesMax: number;
  /** All bodies together that are being read at once. */
  readonly bodyBytesInFlightMax: number;
  readonly depthMax: number;
  readonly headerBytesMax: number;
  /** All of a request's bytes must be here within this time. */
  readonly requestTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly connectionsMax: number;
  readonly concurrentMax: number;
  readonly concurrentPerCredentialMax: number;
  /** Standing streams (GET, subscriptions/listen) of one credential. */
  readonly streamsPerCredentialMax: number;
  readonly batchMax: number;
  readonly sessionsMax: number;
  readonly sessionsPerCredentialMax: number;
  readonly sessionIdleMs: number;
  /** A call that takes longer than this is answered over SSE, so that no client gives up for want of a header. */
  readonly streamAfterMs: number;
  readonly keepAliveMs: number;
  /** A resumable stream that lost its client is cancelled after this time. */
  readonly resumeGraceMs: number;
  readonly resumeKeepMs: number;
  readonly resumeEventsMax: number;
  readonly resumeBytesMax: number;
  readonly retryMs: number;
  /** A stream whose client stops reading is closed at this much. */
  readonly unreadBytesMax: number;
  readonly notificationsPerCallMax: number;
  readonly notificationCharsMax: number;
  /** How long a client may take to answer an elicitation. */
  readonly askTimeoutMs: number;
  readonly roundsMax: number;
  readonly listTtlMs: number;
  readonly offerReuseMs: number;
  /** How long a held call waits for a person before the agent is told, by the client's own name. */
  readonly heldWaitMs: ClientWaits;
  readonly heldProgressMs: number;
}

export const defaultLimits: GatewayLimits = {
  hosts: [],
  origins: [],
  bodyBytesMax: 4 * 1024 * 1024,
  bodyBytesInFlightMax: 256 * 1024 * 1024,
  depthMax: 64,
  headerBytesMax: 32 * 1024,
  requestTimeoutMs: 30_000,
  headersTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
  connectionsMax: 4_096,
  concurrentMax: 1_024,
  concurrentPerCredentialMax: 128,
  streamsPerCredentialMax: 32,
  batchMax: 32,
  sessionsMax: 4_096,
  sessionsPerCredentialMax: 64,
  sessionIdleMs: 60 * 60_000,
  streamAfterMs: 10_000,
  keepAliveMs: 10_000,
  resumeGraceMs: 10_000,
  resumeKeepMs: 60_000,
  resumeEventsMax: 256,
  resumeBytesMax: 1024 * 1024,
  retryMs: 1_000,
  unreadBytesMax: 32 * 1024 * 1024,
  notificationsPerCallMax: 1_000,
  notificationCharsMax: 4_096,
  askTimeoutMs: 5 * 60_000,
  roundsMax: 8,
  listTtlMs: 60_000,
  offerReuseMs: 1_000,
  heldWaitMs: measuredWaitsMs,
  heldProgressMs: 10_000,
};
