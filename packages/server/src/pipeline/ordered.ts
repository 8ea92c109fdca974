import type { FactName } from '../kernel/facts.ts';
import type { Stage } from '../kernel/stage.ts';

/** Any stage, its facts unknown: what the loop walks. `never` in, because each needs its own facts. */
export interface AnyStage {
  readonly name: Stage['name'];
  readonly needs: readonly FactName[];
  readonly gives: FactName;
  run: (facts: never, moment: Parameters<Stage['run']>[1]) => ReturnType<Stage['run']>;
}

/**
 * The list itself when every stage's needs are given before it and every fact is known at the end; otherwise a
 * sentence, which no list is assignable to. Leaving a stage out, or placing it too early, does not compile.
 */
export type Ordered<List extends readonly AnyStage[], Known extends FactName = 'call'> = List extends readonly [
  infer Head extends AnyStage,
  ...infer Rest extends readonly AnyStage[],
]
  ? Exclude<Head['needs'][number], Known> extends never
    ? Ordered<Rest, Known | Head['gives']>
    : `the stage that gives ${Head['gives']} needs ${Exclude<Head['needs'][number], Known>}, which no stage before it gives`
  : Exclude<FactName, Known> extends never
    ? readonly AnyStage[]
    : `no stage gives ${Exclude<FactName, Known>}`;

/** Checks the order at compile time and returns the list as the loop walks it. */
export function ordered<const List extends readonly AnyStage[]>(list: List & Ordered<List>): readonly AnyStage[] {
  return list;
}
