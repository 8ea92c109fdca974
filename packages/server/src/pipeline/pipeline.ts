import { type GrantReader, noGrants } from '../kernel/grants.ts';
import type { DefinitionReader, RunReader, StopReader } from '../kernel/readers.ts';
import { checkArguments, checkFacts } from '../stages/check/stage.ts';
import { contain } from '../stages/contain/stage.ts';
import { gate } from '../stages/gate/stage.ts';
import { identify } from '../stages/identify/stage.ts';
import { scope } from '../stages/scope/stage.ts';
import { tier } from '../stages/tier/stage.ts';
import { type AnyStage, ordered } from './ordered.ts';

/** What the stages read besides the call and the policy; narrow, and replaceable for a replay. */
export interface PipelineReaders {
  readonly runs: RunReader;
  readonly stops: StopReader;
  readonly definitions: DefinitionReader;
  /** Names of the outside checkers that are installed, in order. They may only deny or hold. */
  readonly checkers: readonly string[];
  readonly grants?: GrantReader;
  /** How an approval is bound to whom it reaches; without it, no approval counts for such a call. */
  readonly recipientsDigest?: (recipients: readonly string[]) => string;
}

/**
 * The order in which a call is decided. `check` stands twice: argument rules speak before anything is probed,
 * rules that need reach, amount or destination after `tier` (docs/decisions/0011-check-speaks-twice.md).
 */
export function pipeline(readers: PipelineReaders): readonly AnyStage[] {
  return ordered([
    identify(readers.runs),
    contain(readers.stops),
    scope(readers.definitions),
    checkArguments(),
    tier(),
    checkFacts(readers.checkers),
    gate(readers.grants ?? noGrants, readers.recipientsDigest),
  ]);
}
