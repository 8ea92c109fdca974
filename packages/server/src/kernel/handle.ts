import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { UpstreamListeners } from '@trapkey/contract/upstream.ts';
import type { Call, TicketView } from './call.ts';
import type { Ruling } from './stage.ts';

/** What came of a call. */
export type Handled =
  | {
      readonly kind: 'result';
      readonly call: string;
      readonly result: JsonObject;
      /** Sentences of rules in warn mode. */
      readonly warnings: readonly string[];
      /** What the agent must know beside the result: a person changed what ran. */
      readonly told?: string;
      /** What the agent must know of what it reads: staged changes that are in it, or are not. */
      readonly notes?: readonly string[];
    }
  | { readonly kind: 'protocol_error'; readonly call: string; readonly code: number; readonly message: string; readonly data?: Json }
  | { readonly kind: 'refused'; readonly call: string; readonly ruling: Ruling; readonly happened: 'nothing' | 'unknown' | 'done' }
  | { readonly kind: 'held'; readonly call: string; readonly ruling: Ruling; readonly ticket: TicketView }
  | {
      readonly kind: 'staged';
      readonly call: string;
      readonly ruling: Ruling;
      readonly batch: string;
      /** Its number in the batch, from 1. */
      readonly n: number;
    };

/** Listeners of one call; the abort signal is the client's (disconnect, cancel). */
export interface CallListeners extends UpstreamListeners {
  /** The answer goes to nobody now: the result of a ticket is kept until somebody picks it up. */
  readonly nobodyWaits?: boolean;
}

/** The only door to a connector. Everything that starts a call gets this function from `wire`. */
export type Handle = (call: Call, listeners: CallListeners) => Promise<Handled>;
