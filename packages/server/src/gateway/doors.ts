import type { RequestListener } from 'node:http';
import type { Code } from '@trapkey/contract/codes.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ToolDefinition } from '@trapkey/contract/upstream.ts';
import type { Authenticate } from '../kernel/access.ts';
import type { Call, Credential } from '../kernel/call.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Handle, Handled } from '../kernel/handle.ts';
import type { Offer } from '../kernel/offer.ts';
import type { Ruling } from '../kernel/stage.ts';
import type { GatewayLimits } from './limits.ts';

/** Who speaks, to which endpoint, in which session: what everything behind the front works with. */
export interface Caller {
  readonly credential: Credential;
  readonly endpoint: Call['endpoint'];
  readonly path: string;
  readonly session: string | undefined;
}

/** A tool of Trapkey itself (`trapkey_*`): offered beside the connector's, answered without an upstream. */
export interface OwnTool {
  readonly definition: ToolDefinition;
  run(args: JsonObject, caller: Caller, signal: AbortSignal): Promise<JsonObject>;
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
  /** For an endpoint that is not offered at all. */
  ruling(ruling: Ruling): string;
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
  readonly ownTools?: readonly OwnTool[];
  /** Resolves true when the ticket was decided within the time; the call is then handled again. */
  readonly waitTicket?: (ticket: string, waitMs: number, signal: AbortSignal) => Promise<boolean>;
  /** Answers a nonce so that a command on the same data folder knows its own gateway. */
  readonly proveSelf?: (nonce: string) => string;
  /** Serves paths that are none of the gateway's own: control plane, console, hooks. */
  readonly otherwise?: RequestListener;
}
