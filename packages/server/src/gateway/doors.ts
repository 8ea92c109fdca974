import type { RequestListener } from 'node:http';
import type { Code } from '@trapkey/contract/codes.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Authenticate } from '../kernel/access.ts';
import type { AgentTicket, AgentTickets } from '../kernel/agent-tickets.ts';
import type { AgentBatch, AgentBatches } from '../kernel/batches.ts';
import type { Call, Credential } from '../kernel/call.ts';
import type { ClientWaits } from '../kernel/client-waits.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Handle, Handled } from '../kernel/handle.ts';
import type { Marketplace } from '../kernel/marketplace.ts';
import type { Offer } from '../kernel/offer.ts';
import type { Ruling } from '../kernel/stage.ts';
import type { HookDoors } from './hooks/doors.ts';
import type { GatewayLimits } from './limits.ts';
import type { TelemetryDoors } from './telemetry/doors.ts';

/** Who speaks, to which endpoint, in which session: what everything behind the front works with. */
export interface Caller {
  readonly credential: Credential;
  readonly endpoint: Call['endpoint'];
  readonly path: string;
  readonly session: string | undefined;
}

/** A request that was refused before it became a call; to be counted in the record. */
export interface Rejection {
  readonly caller: Caller;
  readonly code: Extract<Code, 'invalid_input' | 'limit_reached'>;
  readonly says: string;
  readonly source: string;
}

/** Sentences for the agent; the closed list of what a refused or held call is answered with. */
export interface Texts {
  refused(handled: Extract<Handled, { kind: 'refused' }>, call: Call): string;
  held(handled: Extract<Handled, { kind: 'held' }>, call: Call): string;
  staged(handled: Extract<Handled, { kind: 'staged' }>, call: Call): string;
  /** For an endpoint that is not offered at all. */
  ruling(ruling: Ruling): string;
}

/** Sentences about a ticket, for its own agent. */
export interface TicketTexts {
  /** It waits for a person, or runs right now. */
  open(ticket: AgentTicket): string;
  /** It ended, and no result of it is held. */
  ended(ticket: AgentTicket): string;
  /** It may go on, but not from here. */
  elsewhere(ticket: AgentTicket): string;
  /** This caller has no such ticket; whether another has one is not said. */
  none(ticket: string): string;
  list(tickets: readonly AgentTicket[]): string;
}

/** Held calls from their agents' side. */
export interface TicketSide {
  readonly door: AgentTickets;
  readonly texts: TicketTexts;
  /** Counts a question about tickets that became no call. */
  readonly counted?: (caller: Caller, what: string) => void;
}

/** Sentences about a batch, for its own agent. */
export interface BatchTexts {
  one(batch: AgentBatch): string;
  list(batches: readonly AgentBatch[]): string;
  /** This caller has no such batch; whether another has one is not said. */
  none(batch: string): string;
}

/** Batches from their agents' side. */
export interface BatchSide {
  readonly door: AgentBatches;
  readonly texts: BatchTexts;
}

/** Everything the front is given; it has no other way to anything. */
export interface GatewayDoors {
  readonly handle: Handle;
  readonly offer: Offer;
  readonly authenticate: Authenticate;
  /** RFC 9728 metadata of the resource at this path; undefined when it is no endpoint. */
  readonly resourceMetadata: (path: string) => JsonObject | undefined;
  readonly config: GatewayLimits;
  readonly clock: Clock;
  readonly log: (message: string, detail?: unknown) => void;
  readonly texts: Texts;
  /** Counts what never became a call. */
  readonly rejected?: (rejection: Rejection) => void;
  /** Where it is given, held calls wait a little, can be come back for, and own tools are offered for that. */
  readonly tickets?: TicketSide;
  /** Where it is given, own tools for batches are offered to plugins whose calls may be staged. */
  readonly batches?: BatchSide;
  /** Waiting times that policy sets, before those of the configuration. */
  readonly clientWaits?: () => ClientWaits;
  /** Answers a nonce so that a command on the same data folder knows its own gateway. */
  readonly proveSelf?: (nonce: string) => string;
  /** Where it is given, hooks of clients are answered at `/hooks/claude`. */
  readonly hooks?: HookDoors;
  /** Where it is given, telemetry of clients is taken at `/v1/logs`, `/v1/traces` and `/v1/metrics`. */
  readonly telemetry?: TelemetryDoors;
  /** Where it is given, approved releases are served at `/marketplace.json` and `/archives/`. */
  readonly marketplace?: Marketplace;
  /** Serves paths that are none of the gateway's own: control plane, console, hooks. */
  readonly otherwise?: RequestListener;
}
