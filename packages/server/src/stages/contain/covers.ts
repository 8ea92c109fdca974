import type { Effect } from '@trapkey/contract/codes.ts';
import type { StopView } from '../../kernel/readers.ts';

/** Whether a stop bars a call: by its scope, and where it only freezes, by the call's effect. */
export function covers(stop: StopView, call: { readonly connector: string; readonly effect: Effect | undefined }): boolean {
  if (stop.scope.kind === 'connector' && stop.scope.id !== call.connector) return false;
  return stop.mode === 'full' || call.effect !== 'read';
}

/** A scope as people type it and the record names it. */
export function scopeText(scope: StopView['scope']): string {
  return scope.kind === 'everything' ? 'everything' : `connector:${scope.id}`;
}
