import type { CheckerQuestion } from '@trapkey/contract/checker.ts';
import type { Code, Verdict } from '@trapkey/contract/codes.ts';
import type { Would } from '@trapkey/contract/entry.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Staging } from './changes.ts';
import type { FactName, Facts, Moment } from './facts.ts';
import type { ApprovalRule } from './rules.ts';

/** The words that are the folders. */
export type StageName = 'identify' | 'contain' | 'scope' | 'tier' | 'check' | 'gate';

/** A verdict with its reason: the sentence is for the person, the detail only for the record. */
export interface Ruling {
  readonly verdict: Verdict;
  readonly code: Code;
  readonly rule: string;
  readonly says: string;
  readonly detail?: string;
  /** A fact that it needed was lost on the way: it says nothing of the call. */
  readonly lost?: true;
  /** Who can change the rule that decided. */
  readonly owner: string;
  /** For a hold: who is asked. */
  readonly asks?: ApprovalRule;
  /** For `stage`. */
  readonly staging?: Staging;
  /** For a deny that repeats an earlier answer, or a hold that is open already. */
  readonly ticket?: string;
}

/** A fact that a stage needs from outside. `handle` fetches it and resumes at that stage. */
export type Probe =
  | {
      readonly kind: 'tool';
      readonly key: string;
      readonly connector: string;
      readonly tool: string;
      readonly args: JsonObject;
      /** Takes the fact out of the screened result; throws PolicyError when it is not there. */
      readonly read: (result: JsonObject) => unknown;
      /** People are shown what it reads, so it is only what the person may have, and all of it; else only policy sees it. */
      readonly shown?: true;
      readonly why: string;
    }
  | { readonly kind: 'checker'; readonly key: string; readonly checker: string; readonly question: CheckerQuestion; readonly why: string };

/** What a stage says: a value, never a side effect. A throw is a refusal. */
export type Said<T> =
  | { readonly pass: T; readonly would?: readonly Would[] }
  | { readonly ruling: Ruling; readonly would?: readonly Would[] }
  | { readonly probe: Probe };

/** One step of the list: the facts it needs, the fact it gives, and nothing else. */
export interface Stage<N extends FactName = FactName, G extends FactName = FactName> {
  readonly name: StageName;
  readonly needs: readonly N[];
  readonly gives: G;
  run(facts: Pick<Facts, N>, moment: Moment): Said<Facts[G]>;
}

/** Writes a stage with its types inferred from `needs` and `gives`. */
export function stage<const N extends FactName, const G extends FactName>(definition: Stage<N, G>): Stage<N, G> {
  return definition;
}
