import type { Outcome } from '@trapkey/contract/codes.ts';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
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
  /** What the page and messages show besides the sentence, made from bound bytes and the record. */
  readonly shown?: JsonObject;
  /** Digest of the policy that asked for a person; evidence, not a bound. */
  readonly policy: string;
}

/** A ticket was opened or found; `moved`: another process decided it meanwhile, so the call is decided again. */
export type Opened =
  | { readonly ticket: TicketView; readonly existing: boolean; readonly entries: readonly EntryFields[] }
  | { readonly moved: string };

/** The sealed result of a ticket, and whether whoever asked is there to get it. */
export interface KeptResult {
  readonly digest: string | undefined;
  readonly handedOver: boolean;
}

/** A call that changes something without a person looking at it. */
export interface Piece {
  readonly call: Call;
  readonly reach: number | null;
  /** The most that the pieces of one goal may reach together without a person. */
  readonly reachMax: number | undefined;
}

/** What `handle` may ask of tickets; its writes run inside the record's transaction. */
export interface TicketDoor {
  /** The newest ticket for exactly this call by this person, release and run memory; undefined at no cost when none is known. */
  find(call: Call): Promise<TicketView | undefined>;
  /** The call as it is to be decided: with its ticket, the earlier pieces of its goal, and what a person changed of it. */
  attach(arriving: Call): Promise<Call>;
  /** Counts a piece that runs without a ticket, in the transaction of `decided`. A conflict where that passes the bound. */
  count(tx: Tx, piece: Piece): Promise<StepResult>;
  /** Opens a ticket, or finds the open one of the same call (`existing`). */
  open(tx: Tx, draft: TicketDraft): Promise<Opened>;
  /** approved → executing, in the transaction of `decided`. A conflict when another got there first. */
  consume(tx: Tx, id: string): Promise<StepResult>;
  /** executing → done | failed | unknown, in the transaction of `executed`; `kept` is the result for pick-up. */
  finish(tx: Tx, id: string, outcome: Outcome, kept?: KeptResult): Promise<StepResult>;
}
