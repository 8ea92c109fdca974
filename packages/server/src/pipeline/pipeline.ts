import type { LookFor } from '../kernel/data-memory.ts';
import { type GrantReader, noGrants } from '../kernel/grants.ts';
import type { LimitReader } from '../kernel/limits.ts';
import type { DefinitionReader, RunReader, StopReader, TableJudge } from '../kernel/readers.ts';
import { checkArguments, checkFacts, checkOrigins } from '../stages/check/stage.ts';
import { contain, fits } from '../stages/contain/stage.ts';
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
  /** Tells what a statement reaches; without it no connector over a database answers. */
  readonly tables?: TableJudge;
  /** Open breakers and what is used up; without it limits are taken as unused. */
  readonly limits?: LimitReader;
  /** How an approval is bound to whom it reaches; without it, no approval counts for such a call. */
  readonly recipientsDigest?: (recipients: readonly string[]) => string;
  /** What arguments hold by their looks; without it only what was read before counts. */
  readonly look?: LookFor;
}

/**
 * The order in which a call is decided. `check` stands twice: argument rules speak before anything is probed,
 * rules that need reach, amount or destination after `tier` (docs/decisions/0011-check-speaks-twice.md). So does `contain`:
 * open breakers stop a call at the head, and what needs the reach is looked at before a person is asked.
 */
export function pipeline(readers: PipelineReaders): readonly AnyStage[] {
  return ordered([
    identify(readers.runs),
    contain(readers.stops, readers.limits),
    scope(readers.definitions),
    checkArguments(readers.tables),
    tier(),
    checkFacts(readers.checkers),
    checkOrigins(),
    fits(readers.limits),
    gate(readers.grants ?? noGrants, readers.recipientsDigest, readers.look),
  ]);
}
