import type { Assurance, Effect, Tier } from '@trapkey/contract/codes.ts';
import type { ToolDefinition } from '@trapkey/contract/upstream.ts';
import type { AutonomyReader } from './autonomy.ts';
import type { Call } from './call.ts';
import type { Seen } from './changes.ts';
import type { Within } from './limit-rules.ts';
import type { RowFilter } from './row-rules.ts';
import type { ConnectorRules, OrganizationRules, PluginRules, PolicySet, ProfileRules, ToolRules, Validate } from './rules.ts';

export interface Run {
  readonly id: string;
  readonly startedAtMs: number;
  /** True when this call is its first: the run is written in the commit of `decided`. */
  readonly fresh: boolean;
}

/** identify: who asks, for whom, with which release. */
export interface Subject {
  readonly person: string;
  readonly groups: readonly string[];
  readonly region: string;
  readonly plugin: PluginRules;
  readonly connector: ConnectorRules;
  readonly profile: ProfileRules | undefined;
  readonly run: Run;
  readonly assurance: Readonly<Record<string, Assurance>>;
}

/** contain: no stop, freeze or open breaker covers it, as of this generation of the latch; the releases that it was identified by are no older. */
export interface Clear {
  readonly generation: number;
}

/** A definition as pinned. */
export interface Pinned {
  readonly digest: string;
  readonly tool: ToolDefinition | undefined;
  readonly validateInput: Validate;
  readonly validateOutput: Validate | undefined;
}

/** scope: the connector, profile and release include this operation. */
export interface Permitted {
  readonly rules: ToolRules;
  readonly pinned: Pinned;
  /** Which rows the person may have; undefined: all. */
  readonly rows?: RowFilter | undefined;
}

/** check (arguments): schema and every rule that needs nothing from outside. */
export interface Bounded {
  readonly passed: readonly string[];
  /** The tables and columns that a statement reaches, as the connector's own grammar reads it. */
  readonly touched?: readonly string[];
}

/** tier: impact, from effect, reversibility, reach and destination. */
export interface Tiered {
  readonly tier: Tier;
  readonly effect: Effect;
  readonly reversible: boolean;
  readonly reach: number | null;
  readonly recipients: readonly string[] | undefined;
  readonly destination: 'inside' | 'outside' | 'unknown';
  readonly amount: { readonly microUnits: number; readonly currency: string } | undefined;
  /** Lists of the policy on which recipients stand, and how many; absent where there are none. */
  readonly listed?: readonly { readonly list: string; readonly hits: number }[];
}

/** check (facts): the rules that need reach, amount or destination, and outside checkers. */
export interface Checked {
  readonly passed: readonly string[];
  /** Set when an outside checker wants a person. */
  readonly wantsPerson: { readonly rule: string; readonly says: string } | undefined;
}

/** check (origins): whether every value that counts is positively known, and why a person is asked where one is. */
export interface Sourced {
  readonly known: boolean;
  readonly wantsPerson: { readonly code: 'provenance' | 'flow'; readonly rule: string; readonly says: string } | undefined;
}

/** gate: why it may run, in the record's words. */
export interface Released {
  readonly code: 'allowed' | 'approved' | 'granted' | 'auto_execute' | 'unattended' | 'observed';
  readonly rule: string;
  readonly approval: string | null;
  readonly ticket: string | undefined;
  /** The standing grant whose use this is; counted where it is recorded. */
  readonly grant?: string;
  /** What it is about to change, as read. */
  readonly before?: Seen;
  /** It counts as one of its kind in its run; looked at again where it is recorded. */
  readonly counts?: true;
  /** The most that the pieces of its goal may reach together for this to hold; looked at again where it is recorded. */
  readonly reachMax?: number | undefined;
}

/** Every fact of a call. It runs only when all are known. */
export interface Facts {
  readonly call: Call;
  readonly subject: Subject;
  readonly clear: Clear;
  readonly permitted: Permitted;
  readonly bounded: Bounded;
  readonly tiered: Tiered;
  readonly checked: Checked;
  readonly sourced: Sourced;
  readonly within: Within;
  readonly released: Released;
}
export type FactName = keyof Facts;

/** What is read once at the start of a call and stays the same to its end. */
export interface Moment {
  readonly atMs: number;
  readonly policy: PolicySet;
  readonly organization: OrganizationRules;
  /** Answers so far to probes, by key. */
  readonly probes: ReadonlyMap<string, ProbeAnswer>;
  /** Levels that were lowered; without it policy alone speaks. */
  readonly autonomy?: AutonomyReader | undefined;
  /** The generation of the latch as of which `policy` knows the releases; left out where they cannot move meanwhile, as in a replay. */
  readonly releasesAsOf?: number;
}

/** What a probe said. `lost`: it did not come to an answer, so it says nothing of what was asked; `stopped`: a stop ended it; `unanswered`: it was asked, and nothing came back. */
export type ProbeAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly says: string; readonly lost?: true; readonly stopped?: true; readonly unanswered?: true };
