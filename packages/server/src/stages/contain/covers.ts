import type { Effect } from '@trapkey/contract/codes.ts';
import type { StopView } from '../../kernel/readers.ts';
import type { StopTarget } from '../../kernel/stops.ts';

/** Without another witness a run is a person with a release over this long; connecting anew does not begin another. */
const runLastsMs = 8 * 3_600_000;

/** What of a call a stop may cover. Of a probe only the connector and effect count besides the run. */
export interface Covered {
  readonly connector: string;
  readonly effect: Effect | undefined;
  readonly run?: string | undefined;
  readonly person?: string | undefined;
  /** plugin@version */
  readonly release?: string | undefined;
  readonly atMs?: number | undefined;
}

/** Whether a stop bars a call: by its scope, and where it only freezes, by the call's effect. */
export function covers(stop: StopView, call: Covered): boolean {
  const { scope } = stop;
  if (scope.kind === 'connector' && scope.id !== call.connector) return false;
  if (scope.kind === 'run' && scope.id !== call.run && !sameTask(stop, call)) return false;
  return stop.mode === 'full' || call.effect !== 'read';
}

function sameTask({ scope, atMs }: StopView, call: Covered): boolean {
  if (scope.kind !== 'run' || scope.person === '' || scope.person !== call.person || scope.release !== call.release) return false;
  return call.atMs === undefined || call.atMs < atMs + runLastsMs;
}

/** A scope as people type it and the record names it. */
export function scopeText(scope: StopTarget): string {
  return scope.kind === 'everything' ? 'everything' : `${scope.kind}:${scope.id}`;
}
