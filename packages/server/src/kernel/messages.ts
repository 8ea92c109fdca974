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
