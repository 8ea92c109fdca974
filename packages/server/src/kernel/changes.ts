import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ApprovalRule } from './rules.ts';

/** What a call brings that may be staged: how much of its kind its run did already. */
export interface StagedSoFar {
  /** What calls of this tool that ran or were held reached in this run and plugin before anything was staged, each at least one. */
  readonly count: number;
}

/** What people saw of a change of a batch beyond its record, before they said yes. */
export interface Looked {
  /** How many it reaches; null where nobody could say. */
  readonly reach: number | null;
  readonly destination: string;
  /** Whom it reaches, as a keyed digest; null where policy did not resolve that. */
  readonly recipients: string | null;
  /** They were told that what is in the batch cannot be taken back. */
  readonly lasting: boolean;
  /** They approved it as a whole, as the high tier asks. */
  readonly high: boolean;
  /** An earlier change of the batch left the record that this one finds. */
  readonly later: boolean;
}

/** What a call brings that makes a change of a batch, or takes one back. */
export interface ChangeView {
  readonly kind: 'apply' | 'undo';
  /** The batch or the undo. */
  readonly id: string;
  /** Its number in it, from 1. */
  readonly n: number;
  /** How often it was sent before; 0 at first. */
  readonly sent: number;
  /** As the record says it: `batch:<id>`, `human:<id>`. */
  readonly approval: string;
  /** The image that must still stand there; undefined where there is none. */
  readonly image: Json | undefined;
  /** Digest of the tool's definition that was looked at. */
  readonly definition: string;
  /** Only of a change that is made. */
  readonly looked?: Looked | undefined;
  readonly idempotencyKey: string;
  /** The process that took the batch, as its lease says; a change begins only while it holds that. */
  readonly claim?: string | undefined;
}

/** What was read of a record, and how it was read: which record it is. */
export interface Seen {
  readonly image: Json;
  readonly target: { readonly connector: string; readonly tool: string; readonly args: JsonObject };
}

/** How a call is staged: what a ruling says besides its verdict. */
export interface Staging {
  /** What stands there now; undefined where the tool has no `before`. */
  readonly before: Seen | undefined;
  /** `rule`: by `stage` of its tool. `sample`: by the autonomy level of its workflow. */
  readonly level: 'rule' | 'sample';
  /** How many of its batch are drawn for a person. */
  readonly sample: number;
  readonly ticketOver: number | undefined;
  /** It cannot be taken back. */
  readonly lasting: boolean;
  /** Of the high tier: a person says yes to all of it, whatever of it can be taken back. */
  readonly high: boolean;
  /** A batch with it always needs an approval as a whole. */
  readonly whole: boolean;
  /** Who marks, and who approves the batch as a whole. */
  readonly asks: ApprovalRule;
}
