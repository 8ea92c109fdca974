import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ProvenPerson } from './approvals.ts';

/** How one rule's questions are answered. What nobody decided in time is asked, and neither granted nor timed. */
export interface RuleQuality {
  readonly rule: string;
  readonly asks: number;
  readonly granted: number;
  readonly refused: number;
  readonly undecided: number;
  /** From being asked to being decided; undefined while nothing was decided. */
  readonly medianMs: number | undefined;
  /** Decided faster than anybody reads. */
  readonly underThreeSeconds: number;
  /** Granted, run, and taken back since. */
  readonly laterUndone: number;
}

/** Drills: questions that could never run. A granted one is what they are for finding. */
export interface DrillQuality {
  readonly asks: number;
  readonly granted: number;
  readonly refused: number;
  readonly undecided: number;
}

export interface ApprovalQuality {
  readonly days: number;
  readonly rules: readonly RuleQuality[];
  readonly drills: DrillQuality;
  /** True when there were more tickets than are looked at: figures are of the newest. */
  readonly more: boolean;
}

/** What a drill asks for, as if an agent of this person had. */
export interface DrillWish {
  readonly person: string;
  readonly plugin: string;
  readonly connector: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly reach: number | null;
}

/** How well people decide, and drills of it. Mistakes are `UserError`s. */
export interface Quality {
  read(days: number): Promise<ApprovalQuality>;
  /** Seeds a question that can never run; by an operator or administrator. Gives the ticket. */
  drill(wish: DrillWish & { readonly by: ProvenPerson; readonly via: string }): Promise<string>;
}
