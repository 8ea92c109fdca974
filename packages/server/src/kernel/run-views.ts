import type { Assurance, Tier } from '@trapkey/contract/codes.ts';

/** Which witness saw a run. */
export type Coverage = 'gateway' | 'hook' | 'reported';

/** A run as lists show it: what it called through the gateway, and what its session cost as far as telemetry says. */
export interface RunView {
  readonly id: string;
  readonly person: string;
  readonly release: string;
  readonly profile: string | undefined;
  readonly session: string | undefined;
  /** Whether a hook or telemetry of that session spoke; else the run is a person with a release, and its session a claim. */
  readonly proved: boolean;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  readonly calls: number;
  readonly refused: number;
  readonly held: number;
  /** The highest tier of its calls; undefined where none was tiered. */
  readonly tier: Tier | undefined;
  readonly agents: number;
  readonly spend: RunSpend;
  readonly coverage: readonly Coverage[];
}

/** US dollars in micro-units. */
export interface RunSpend {
  readonly microUsd: number;
  readonly tokens: number;
  readonly requests: number;
}

/** An agent with those that it launched. Depth is undefined where a parent is not known. */
export interface AgentView {
  readonly id: string;
  readonly type: string | undefined;
  readonly model: string | undefined;
  readonly parent: string | undefined;
  readonly depth: number | undefined;
  readonly assurance: { readonly parent: Assurance; readonly depth: Assurance };
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly spend: RunSpend;
  readonly children: readonly AgentView[];
}

/** A run with its agents; those whose parent nobody said stand at the top beside the main one. */
export interface RunDetail extends RunView {
  readonly tree: readonly AgentView[];
  /** Tools of ours that ran in this session past the gateway. */
  readonly bypassed: number;
  /** Numbers of telemetry that never came. */
  readonly missing: number;
}

/** Which runs; `after` is the last of the page before. */
export interface RunFilter {
  readonly person?: string | undefined;
  readonly plugin?: string | undefined;
  /** Of these plugins alone. */
  readonly plugins?: readonly string[] | undefined;
  readonly sinceMs?: number | undefined;
  /** Those in which something was refused, or held. */
  readonly outcome?: 'refused' | 'held' | undefined;
  /** The highest tier of its calls. */
  readonly tier?: Tier | undefined;
  /** `hook`: a second witness joined it; `gateway`: none did. */
  readonly coverage?: 'hook' | 'gateway' | undefined;
  readonly after?: Pick<RunView, 'startedAtMs' | 'id'> | undefined;
  readonly max?: number | undefined;
}

/** What may be asked of runs. */
export interface RunLists {
  /** Newest first. */
  list(filter: RunFilter): Promise<readonly RunView[]>;
  show(id: string): Promise<RunDetail | undefined>;
}
