import type { Effect } from '@trapkey/contract/codes.ts';
import type { Each } from '@trapkey/contract/policy/limits.ts';
import type { BlastUnit } from '../../kernel/blast.ts';

/** A run, where no witness proves how long it is; the limits count by the same word. */
export const runMs = 8 * 3_600_000;
export const dayMs = 24 * 3_600_000;

/** A way in which a call runs without a person. `Infinity`: nothing bounds it. */
export interface Way {
  readonly kind: 'observed' | 'grant' | 'auto_execute' | 'unattended' | 'nothing';
  readonly says: string;
  /** What to change so that a person is asked. */
  readonly undo: string;
  readonly call: number;
  readonly run: number;
  readonly day: number;
  /** The rule that bounds a run of it, where that is not what lets it run. */
  readonly bound?: string;
}

/** An enforced limit, as it bounds what is altered. */
export interface Cap {
  readonly rule: string;
  readonly text: string;
  /** What it counts; calls are worth what one call alters. */
  readonly counts: BlastUnit | 'calls' | 'sends';
  readonly max: number;
  /** undefined: in each run. */
  readonly windowMs: number | undefined;
  readonly each: Each;
}

/** One tool that alters something. */
export interface ActionFacts {
  readonly connector: string;
  readonly tool: string;
  readonly effect: Effect | 'unknown';
  readonly unit: BlastUnit;
  /** False where nobody can say how far a call goes: a limit that counts it refuses it. */
  readonly counted: boolean;
  readonly ways: readonly Way[];
  /** What the calls of one goal may come to before a person is asked after all; what only observes is not held by it. */
  readonly above: number;
  readonly held: string | undefined;
  readonly caps: readonly Cap[];
}

/** The tools that one run may use, and the limits on it; a plugin without profiles has one of these. */
export interface Task {
  readonly includes: (connector: string, tool: string) => boolean;
  readonly caps: readonly Cap[];
}

/** A plugin as far as its blast radius goes. */
export interface PluginFacts {
  readonly plugin: string;
  readonly release: string;
  readonly actions: readonly ActionFacts[];
  readonly connectorCaps: ReadonlyMap<string, readonly Cap[]>;
  readonly caps: readonly Cap[];
  readonly tasks: readonly Task[];
}
