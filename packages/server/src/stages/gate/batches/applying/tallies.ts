import type { ChangeState } from '../../../../kernel/batches.ts';

/** How many changes stand where. */
export type Tally = Readonly<Partial<Record<ChangeState, number>>>;

const ended = ['done', 'failed', 'conflict', 'refused', 'unknown'] as const;

/** How many changes applying goes through: all but those that ran before the batch began, or were dropped. */
export function madeCount(tally: Tally): number {
  return endedCount(tally) + (tally.staged ?? 0) + (tally.running ?? 0);
}

/** How many of them have ended, one way or another. */
export function endedCount(tally: Tally): number {
  return ended.reduce((sum, state) => sum + (tally[state] ?? 0), 0);
}
