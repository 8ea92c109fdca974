import type { Outcome } from '@trapkey/contract/codes.ts';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Call, TicketView } from './call.ts';
import type { Facts } from './facts.ts';
import type { StepResult, Tx } from './recorder.ts';
import type { Ruling } from './stage.ts';

/** What a held call is frozen as. */
export interface TicketDraft {
  readonly id: string;
  readonly call: Call;
  readonly facts: Partial<Facts> & Pick<Facts, 'call'>;
  readonly ruling: Ruling;
  /** Salted digest of the sealed arguments: the frozen payload in the vault. */
  readonly sealedArguments: string;
  readonly sentence: string;
  /** Digest of the policy that asked for a person; evidence, not a bound. */
  readonly policy: string;
}

/** A ticket was opened or found; `moved`: another process decided it meanwhile, so the call is decided again. */
export type Opened =
  | { readonly ticket: TicketView; readonly existing: boolean; readonly entries: readonly EntryFields[] }
  | { readonly moved: string };

/** What `handle` may ask of tickets; its writes run inside the record's transaction. */
export interface TicketDoor {
  /** The newest ticket for exactly this call by this person, release and run memory; undefined at no cost when none is known. */
  find(call: Call): Promise<TicketView | undefined>;
  /** Opens a ticket, or finds the open one of the same call (`existing`). */
  open(tx: Tx, draft: TicketDraft): Promise<Opened>;
  /** approved → executing, in the transaction of `decided`. A conflict when another got there first. */
  consume(tx: Tx, id: string): Promise<StepResult>;
  /** executing → done | failed | unknown, in the transaction of `executed`. */
  finish(tx: Tx, id: string, outcome: Outcome): Promise<StepResult>;
}
