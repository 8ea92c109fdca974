import type { Covered } from '../../kernel/covered.ts';
import type { StopScope, StopView } from '../../kernel/readers.ts';
import type { StopTarget } from '../../kernel/stops.ts';

/** Without another witness a run is a person with a release over this long; connecting anew does not begin another. */
const runLastsMs = 8 * 3_600_000;

/** Whether a stop bars a call: by its scope, and where it only freezes, by the call's effect. */
export function covers(stop: StopView, call: Covered): boolean {
  return inScope(stop.scope, stop.atMs, call) && (stop.mode === 'full' || call.effect !== 'read');
}

/** Whether something belongs to a scope, whatever it does. A run is also what its person began with its release soon after `atMs`. */
export function inScope(scope: StopScope, atMs: number, call: Covered): boolean {
  switch (scope.kind) {
    case 'everything':
      return true;
    case 'connector':
      return scope.id === call.connector;
    case 'credential':
      return scope.id === call.connection;
    case 'plugin':
      return scope.id === call.plugin;
    case 'release':
      return scope.id === call.release;
    case 'tool':
      return scope.id === `${call.connector}.${call.tool}`;
    case 'effect':
      return call.effect === undefined || scope.id === call.effect;
    case 'person':
      return scope.id === call.person?.toLowerCase();
    case 'agent':
      return scope.id === call.agent || scope.id === call.parent;
    case 'run':
      return scope.id === call.run || sameTask(scope, atMs, call);
  }
}

function sameTask(scope: Extract<StopScope, { readonly kind: 'run' }>, atMs: number, call: Covered): boolean {
  if (scope.person === '' || scope.person !== call.person || scope.release !== call.release) return false;
  return call.atMs === undefined || call.atMs < atMs + runLastsMs;
}

/** A scope as people type it and the record names it. */
export function scopeText(scope: StopTarget): string {
  return scope.kind === 'everything' ? 'everything' : `${scope.kind}:${scope.id}`;
}

/** The scopes that reach across everybody's work: previewed before, and released by another person than who engaged them. */
export function isWide(scope: Pick<StopTarget, 'kind'>): boolean {
  return scope.kind === 'everything' || scope.kind === 'effect' || scope.kind === 'person';
}

/** What is stopped, as a sentence begins with it. */
export function scopeWords(scope: StopTarget): string {
  switch (scope.kind) {
    case 'everything':
      return 'Everything';
    case 'effect':
      return `Every ${scope.id}`;
    case 'credential':
      return `The credential of the connection ${scope.id}`;
    case 'person':
      return `Everything that runs for ${scope.id}`;
    default:
      return `The ${scope.kind} ${scope.id}`;
  }
}
