import type { BatchRow } from './store.ts';

/** How a batch that was taken back after its draw is known. */
export const takenBack = 'taken back by its agent after its sample was drawn';

/** Whether it was, though a person refused it since. */
export function wasTakenBack({ reason }: Pick<BatchRow, 'reason'>): boolean {
  return reason?.startsWith(takenBack) ?? false;
}
