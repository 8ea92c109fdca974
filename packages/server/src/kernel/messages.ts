import type { TargetName } from './alert-rules.ts';
import type { ProvenPerson, TicketSummary } from './approvals.ts';
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

/** What people are told besides tickets. */
export interface Notice {
  readonly about: 'alert' | 'request' | 'batch';
  readonly id: string;
  /** `out_of_scope.opened`, `stop_engaged.resolved`, `request.opened` … */
  readonly event: string;
  readonly title: string;
  readonly sentence: string;
  readonly facts: readonly string[];
  readonly by?: string;
  /** Words of a person, shown as a quotation. */
  readonly quote?: string;
  /** Its page. */
  readonly path: `/${string}`;
  readonly to: readonly TargetName[];
  /** Who owns what it is about, for `owners`. */
  readonly owner: string | undefined;
  /** Who may decide, for `approvals`; never the person whose it is. */
  readonly asked?: { readonly names: readonly string[]; readonly by: string };
}

/** Writes what notices call for, in the transaction of what they tell of. What has no target of its own goes to operations. */
export type Tell = (tx: Tx, notices: readonly Notice[]) => Promise<void>;

/** A message as lists show it. */
export interface MessageView {
  readonly id: string;
  readonly state: 'waiting' | 'delivered' | 'given_up';
  /** Its page. */
  readonly path: string;
  /** `approvals/slack`, `approvals/email:<address>` … */
  readonly channel: string;
  readonly event: string;
  readonly ticket: string | undefined;
  /** The alert or request that it tells of. */
  readonly about: string | undefined;
  readonly attempts: number;
  readonly createdAtMs: number;
  readonly nextAtMs: number | undefined;
  readonly deliveredAtMs: number | undefined;
  readonly error: string | undefined;
}

/** What may be asked of messages. */
export interface Messages {
  list(filter: { readonly state: MessageView['state'] | 'undelivered' | 'all' }): Promise<readonly MessageView[]>;
  /** Tries one that was not delivered again, at once; by an operator or administrator. */
  retry(act: { readonly message: string; readonly by: ProvenPerson; readonly via: string }): Promise<void>;
}

/** The buttons of a Slack message that decide something, low tier only. */
export const slackActions = ['trapkey_approve', 'trapkey_refuse'] as const;
export type SlackAction = (typeof slackActions)[number];
