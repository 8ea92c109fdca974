import type { TicketSummary } from './approvals.ts';
import type { Tx } from './recorder.ts';

/** What people are told about a ticket. */
export type TicketEvent =
  | 'held'
  | 'reminder'
  | 'escalated'
  | 'asked'
  | 'answered'
  | 'approved'
  | 'edited'
  | 'refused'
  | 'expired'
  | 'withdrawn'
  | 'extended'
  | 'break_glass';

/** Who did it, and their words; the words are theirs and shown as a quotation. */
export interface Announced {
  readonly by?: string;
  readonly text?: string;
}

/** Writes the messages that an event of a ticket calls for, in the transaction of the event itself. */
export type Announce = (tx: Tx, event: TicketEvent, ticket: TicketSummary, more?: Announced) => Promise<void>;

/** Tells nobody: where no messages are set up. */
export const announceNothing: Announce = async () => undefined;

/** Where one kind of message goes. Addresses are secrets: whoever knows one can post there. */
export interface AlertTarget {
  readonly slack?: string;
  readonly webhook?: { readonly url: string; readonly secret: string };
  readonly email?: { readonly smtp: string; readonly from: string; readonly to: 'asked' | readonly string[] };
}

/** Where people are told of what waits for them. */
export interface AlertRules {
  readonly approvals?: AlertTarget;
  readonly operations?: AlertTarget;
  readonly network: 'public' | 'private';
}

/** A message as lists show it. */
export interface MessageView {
  readonly id: string;
  readonly state: 'waiting' | 'delivered' | 'given_up';
  /** `approvals/slack`, `approvals/email:<address>` … */
  readonly channel: string;
  readonly event: string;
  readonly ticket: string | undefined;
  readonly attempts: number;
  readonly createdAtMs: number;
  readonly nextAtMs: number | undefined;
  readonly deliveredAtMs: number | undefined;
  readonly error: string | undefined;
}

/** What may be asked of messages. */
export interface Messages {
  list(filter: { readonly state: MessageView['state'] | 'undelivered' | 'all' }): Promise<readonly MessageView[]>;
}
