import type { Approval } from '../../../../kernel/approvals.ts';
import { type DecidingPolicy, identity } from '../../deciding/people.ts';
import { quorumOf } from '../../deciding/quorum.ts';
import { askedOf } from '../proposal/asked.ts';
import type { BatchRow } from '../proposal/store.ts';

/** Approvals of a batch as a whole, oldest first. */
export function approvalsOf(row: Pick<BatchRow, 'approvals'>): readonly Approval[] {
  return JSON.parse(row.approvals) as readonly Approval[];
}

/** The other way round. */
export function storedOf(approvals: readonly Approval[]): string {
  return JSON.stringify(approvals);
}

/** What its approvals come to; `needs` of at least `atLeast`. */
export function quorum(
  policy: DecidingPolicy,
  row: BatchRow,
  of: { readonly approvals: readonly Approval[]; readonly author: string | undefined; readonly atLeast?: number },
) {
  const { needs, distinct } = askedOf(policy, row);
  const asked = { needs: Math.max(needs, of.atLeast ?? 0), groups: JSON.stringify(distinct), plugin: row.plugin, editors: '[]' };
  return quorumOf(policy, asked, of.approvals, of.author);
}

/** Whether nothing but a clean sample is missing. */
export function completes(policy: DecidingPolicy, row: BatchRow, author: string | undefined): boolean {
  return askedOf(policy, row).needs === 0 || quorum(policy, row, { approvals: approvalsOf(row), author }).complete;
}

/** Whether somebody's approval is counted already, in their own place or another's. */
export function isCounted(policy: DecidingPolicy, row: BatchRow, seat: Pick<Approval, 'person' | 'inPlaceOf'>): boolean {
  const taken = new Set(
    approvalsOf(row)
      .flatMap(({ person, inPlaceOf }) => [person, inPlaceOf ?? person])
      .map((name) => identity(policy, name)),
  );
  return [seat.person, seat.inPlaceOf ?? seat.person].some((name) => taken.has(name));
}
