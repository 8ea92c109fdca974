import type { Covered } from '../../../kernel/covered.ts';
import type { StopScope, StopSnapshot, StopView } from '../../../kernel/readers.ts';
import { covers } from '../covers.ts';

type Index = ReadonlyMap<string, readonly StopView[]>;

const indexes = new WeakMap<readonly StopView[], Index>();

/** The first stop that covers a call. Found by the names of the call, so that a thousand stops on others cost nothing. */
export function coveringIn({ stops }: Pick<StopSnapshot, 'stops'>, call: Covered): StopView | undefined {
  if (stops.length === 0) return undefined;
  const index = indexOf(stops);
  for (const key of keysOf(call)) for (const stop of index.get(key) ?? []) if (covers(stop, call)) return stop;
  return undefined;
}

function indexOf(stops: readonly StopView[]): Index {
  const known = indexes.get(stops);
  if (known) return known;
  const index = new Map<string, StopView[]>();
  const put = (key: string, stop: StopView) => void (index.get(key)?.push(stop) ?? index.set(key, [stop]));
  for (const stop of stops) for (const key of keysOfScope(stop.scope)) put(key, stop);
  indexes.set(stops, index);
  return index;
}

function keysOfScope(scope: StopScope): readonly string[] {
  if (scope.kind === 'everything') return ['everything'];
  // What nobody classified may be any effect, so all stops on effects are looked at for it.
  if (scope.kind === 'effect') return [`effect ${scope.id}`, 'effect'];
  if (scope.kind !== 'run') return [`${scope.kind} ${scope.id}`];
  return [`run ${scope.id}`, `task ${scope.person} ${scope.release}`];
}

function* keysOf(call: Covered): Generator<string> {
  yield 'everything';
  // Before what may have been taken along with it, so that the act itself is named.
  if (call.plugin !== undefined) yield `plugin ${call.plugin}`;
  if (call.release !== undefined) yield `release ${call.release}`;
  yield `connector ${call.connector}`;
  yield call.effect === undefined ? 'effect' : `effect ${call.effect}`;
  if (call.connection !== undefined) yield `credential ${call.connection}`;
  if (call.tool !== undefined) yield `tool ${call.connector}.${call.tool}`;
  if (call.person !== undefined) yield `person ${call.person.toLowerCase()}`;
  if (call.run !== undefined) yield `run ${call.run}`;
  if (call.person !== undefined && call.release !== undefined) yield `task ${call.person} ${call.release}`;
  if (call.agent !== undefined) yield `agent ${call.agent}`;
  if (call.parent !== undefined) yield `agent ${call.parent}`;
}
