import type { Effect } from '@trapkey/contract/codes.ts';

/** What is counted: people whom something reaches, or records that it changes. */
export const blastUnits = ['people', 'records'] as const;
export type BlastUnit = (typeof blastUnits)[number];

/** How many at most; null: nothing bounds it. */
export type Most = number | null;
export type BlastAmounts = Readonly<Record<BlastUnit, Most>>;

/** From where on a change must be signed by others, and by whom. */
export interface BlastRule {
  readonly max: number;
  readonly approvers: readonly string[];
  readonly needs: number;
}

/** One tool that alters something, as one plugin may use it. */
export interface BlastAction {
  readonly connector: string;
  readonly tool: string;
  readonly effect: Effect | 'unknown';
  readonly unit: BlastUnit;
  /** Why it may run without a person; empty where a person decides every call, or it never runs. */
  readonly unattended: readonly string[];
  /** Who or what stands in the way, where nothing lets it run unattended. */
  readonly held: string | undefined;
  /** The most that one unattended call alters. */
  readonly call: Most;
  /** The most that the unattended calls of one run alter, and what bounds that. */
  readonly run: Most;
  readonly bound: string | undefined;
  /** Counted by a probe just now, where one was asked. */
  readonly live?: Omit<LiveCount, 'connector' | 'tool'>;
  /** How often the plugin used it since it is counted; null: not once. Absent where nobody asked. */
  readonly used?: { readonly calls: number; readonly last_at_ms: number } | null;
}

/** What a probe counted, in a call of its own that the record has; or in words why it did not. */
export interface LiveCount {
  readonly connector: string;
  readonly tool: string;
  readonly reach: number | undefined;
  readonly call: string | undefined;
  readonly says: string | undefined;
}

/** A change that would make it smaller, and by how much. */
export interface BlastLever {
  readonly change: string;
  readonly unit: BlastUnit;
  readonly before: Most;
  readonly after: Most;
  readonly says: string;
}

/** Words of outsiders, private data and a way out within one plugin. */
export interface BlastPath {
  readonly steps: readonly string[];
  readonly unattended: boolean;
  readonly says: string;
}

/** A tool that a plugin's server offers and policy does not grant: every call of it is refused. */
export interface BlastDeclared {
  readonly connector: string;
  readonly tool: string;
  /** What its words propose, and which. */
  readonly effect: Effect | 'unknown';
  readonly because: string;
}

/** What a plugin can alter before a person looks. */
export interface BlastPlugin {
  readonly plugin: string;
  readonly release: string;
  readonly says: string;
  /** One unattended call, one unattended run, and everybody with the plugin in one day. */
  readonly action: BlastAmounts;
  readonly run: BlastAmounts;
  readonly day: BlastAmounts;
  readonly actions: readonly BlastAction[];
  /** Absent where nobody asked. */
  readonly declared?: readonly BlastDeclared[];
  readonly levers: readonly BlastLever[];
  readonly paths: readonly BlastPath[];
  /** True where an action or a run comes to more than the policy's max. */
  readonly over: boolean;
}

/** The blast radius of every plugin of a policy; also what `--json` prints. */
export interface BlastReport {
  readonly format: 'trapkey-blast/1';
  readonly policy: string;
  readonly max: number | undefined;
  /** Since when uses are counted; null: nothing was counted yet. Absent where nobody asked. */
  readonly counted_since_ms?: number | null;
  readonly plugins: readonly BlastPlugin[];
}

/** How one plugin's number moves with a change. */
export interface BlastChange {
  readonly plugin: string;
  readonly what: 'action' | 'run' | 'day';
  readonly unit: BlastUnit;
  readonly before: Most;
  readonly after: Most;
  readonly grows: boolean;
  readonly says: string;
}

/** Why a change must be signed by others; by whom, and how many of them. */
export interface SignOffNeed {
  readonly rule: BlastRule;
  readonly why: readonly string[];
}
