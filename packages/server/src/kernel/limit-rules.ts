import type { Mode } from '@trapkey/contract/codes.ts';
import type { Each, Measure } from '@trapkey/contract/policy/limits.ts';

/** One limit of a policy, compiled. Amounts and spend are in micro-units of their currency. */
export interface LimitRule {
  /** `limits/plugin/sales/actions` */
  readonly id: string;
  readonly measure: Measure;
  readonly max: number;
  readonly currency: string | undefined;
  /** Undefined: per run. */
  readonly windowMs: number | undefined;
  readonly each: Each;
  /** The document that it stands in, as it is counted: an organization's limit is one of each plugin. */
  readonly on: { readonly kind: 'organization' | 'plugin' | 'connector' | 'tool' | 'profile'; readonly id: string };
  readonly rearmMs: number | undefined;
  readonly stop: 'freeze' | 'full';
  readonly mode: Mode;
  readonly owner: string;
  /** As it is written: `200 per 1h`. */
  readonly text: string;
}

/** How deep an agent may stand. */
export interface DepthRule {
  readonly id: string;
  readonly max: number;
  readonly owner: string;
}

/** Every limit of a policy by what a call names, so that looking costs a lookup. */
export interface LimitIndex {
  readonly byPlugin: ReadonlyMap<string, readonly LimitRule[]>;
  readonly byConnector: ReadonlyMap<string, readonly LimitRule[]>;
  /** By `connector.tool`. */
  readonly byTool: ReadonlyMap<string, readonly LimitRule[]>;
  readonly byProfile: ReadonlyMap<string, readonly LimitRule[]>;
  readonly depthByPlugin: ReadonlyMap<string, DepthRule>;
  readonly depthByProfile: ReadonlyMap<string, DepthRule>;
}

/** What one call counts for under one limit. */
export interface Charge {
  readonly rule: LimitRule;
  /** The counter. */
  readonly key: string;
  /** What trips together; the counter but for repeats, of which each call has its own. */
  readonly scope: string;
  /** Zero where only the answer tells: rows and bytes. */
  readonly units: number;
  /** Counted once, however often it comes: an agent. */
  readonly member?: string;
  /** Undefined: never forgotten while the run lives. */
  readonly windowMs: number | undefined;
  /** Whom it is counted for, in words. */
  readonly who: string;
}

/** contain, a second time: what it counts for fits, as far as is known before it is reserved. */
export interface Within {
  readonly charges: readonly Charge[];
}
