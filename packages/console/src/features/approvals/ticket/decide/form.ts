import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';

/** What a form of a decision is given. */
export interface DecideForm {
  readonly ticket: TicketDetail;
  readonly onDone: () => void;
  readonly onLeave: () => void;
}
