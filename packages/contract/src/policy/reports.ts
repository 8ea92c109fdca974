import type { Verdict } from '../codes.ts';

/** One thing that is wrong with a policy folder, with its place and what to write instead. */
export interface PolicyProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly says: string;
  /** The nearest key or name that would be known. */
  readonly nearest?: string;
}

/** One difference between two sets. */
export interface PolicyChange {
  /** `connector crm-act` */
  readonly document: string;
  /** `tools.set_tier.effect`; empty for the whole document. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly effect: 'tightens' | 'loosens' | 'neither';
  readonly says: string;
}

export interface CheckReport {
  readonly digest: string | undefined;
  readonly errors: readonly PolicyProblem[];
  readonly warnings: readonly string[];
}

export interface CaseResult {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly passed: boolean;
  readonly says: string;
}

export interface DiffReport {
  readonly from: string | undefined;
  readonly to: string;
  readonly changes: readonly PolicyChange[];
  /** True when every change is proved to tighten. */
  readonly tightens: boolean;
  /** What more or less can be altered without a person, in words; and who must sign it, where it comes to too much. */
  readonly blast?: readonly string[];
  readonly signOff?: string;
}

export interface ReplayRow {
  readonly call: string;
  readonly says: string;
  readonly was: Verdict;
  readonly now: Verdict;
  readonly code: string;
  readonly rule: string;
}

export interface ReplayReport {
  readonly replayed: number;
  readonly same: number;
  /** Decisions whose inputs are erased, or that this build cannot read. */
  readonly unreadable: number;
  /** `allow→hold` and how often. */
  readonly transitions: Readonly<Record<string, number>>;
  readonly changed: readonly ReplayRow[];
  /** True when there were more changed decisions than are listed. */
  readonly more: boolean;
}

export type SignReport =
  | { readonly status: 'signed'; readonly digest: string; readonly signed: number; readonly needs: number }
  | { readonly status: 'nothing'; readonly says: string };

export type ApplyReport =
  | { readonly status: 'applied'; readonly digest: string; readonly previous: string | undefined; readonly generation: number }
  | { readonly status: 'second_person'; readonly digest: string; readonly first: string }
  | { readonly status: 'sign_off'; readonly digest: string; readonly says: string; readonly why: readonly string[] }
  | { readonly status: 'nothing'; readonly says: string }
  | { readonly status: 'refused'; readonly says: string; readonly errors: readonly PolicyProblem[] };
