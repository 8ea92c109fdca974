/** How far each step goes: to one change, to ten, then to shares of the whole. */
const firstSteps = [1, 10];
const shares = [0.01, 0.1, 1];

/** So many errors of a step pause it: one in a hundred of its changes, and one where it has fewer. */
const errorShareOfStep = 0.01;

/**
 * The cumulative targets of a batch of so many changes: 1, 10, 1 %, 10 %, all; each step takes at least one more than the
 * one before, and a batch that is done earlier has fewer steps.
 */
export function targetsOf(changes: number): readonly number[] {
  const wanted = [...firstSteps, ...shares.map((share) => Math.ceil(changes * share))];
  const targets: number[] = [];
  for (const target of wanted) {
    const before = targets.at(-1) ?? 0;
    if (before < changes) targets.push(Math.min(changes, Math.max(target, before + 1)));
  }
  return targets;
}

/** Where a step goes to; steps count from 1. All of it where there is no such step. */
export function targetOf(step: number, changes: number): number {
  return targetsOf(changes)[step - 1] ?? changes;
}

/** How many errors pause a step that goes from one target to the next. */
export function errorsToPause(from: number, to: number): number {
  return Math.max(1, Math.ceil((to - from) * errorShareOfStep));
}
