import type { Approval } from '../../../../kernel/approvals.ts';
import { type DecidingPolicy, identity, isAmong, knownAs } from '../../deciding/people.ts';
import { type Quorum, quorumOf } from '../../deciding/quorum.ts';
import { type Asked, askedOf } from '../proposal/asked.ts';
import type { BatchRow } from '../proposal/store.ts';

/** Approvals of a batch as a whole, oldest first. */
export function approvalsOf(row: Pick<BatchRow, 'approvals'>): readonly Approval[] {
  return JSON.parse(row.approvals) as readonly Approval[];
}

/** The other way round. */
export function storedOf(approvals: readonly Approval[]): string {
  return JSON.stringify(approvals);
}

/** Who decided so far, and who made the policy that it is decided under. */
export interface Deciders {
  readonly approvals: readonly Approval[];
  /** Who marked its draw. */
  readonly markers: readonly string[];
  readonly author: string | undefined;
}

/**
 * What is missing besides a clean sample: approvals of the whole, at least `atLeast`; where none is asked for, who marked the
 * draw decides, together with who approved: nobody with a stake on their own there either.
 */
export function quorum(policy: DecidingPolicy, row: BatchRow, { approvals, markers, author }: Deciders, atLeast = 0): Quorum {
  const { needs, distinct, each } = askedOf(policy, row);
  const counted = approvals.filter((one) => stillAsked(policy, row, each, one));
  const asked = { needs: Math.max(needs, atLeast), groups: JSON.stringify(distinct), plugin: row.plugin, editors: '[]' };
  if (asked.needs > 0) return quorumOf(policy, asked, counted, author);
  const everybody = new Map([...markers, ...counted.map(({ person }) => person)].map((person) => [identity(policy, person), { person }]));
  return quorumOf(policy, asked, [...everybody.values()], author);
}

/** What a batch that was let go on lacks under the policy of now; undefined where nothing. */
export function missingNow(policy: DecidingPolicy, row: BatchRow, author: string | undefined): string | undefined {
  // Who was shown something wrong and wanted it all the same approved the whole, whatever its size.
  const atLeast = (row.wrong ?? 0) > 0 ? 1 : 0;
  if (atLeast === 0 && askedOf(policy, row).needs === 0) return undefined;
  const { complete, missing } = quorum(policy, row, { approvals: approvalsOf(row), markers: [], author }, atLeast);
  return complete ? undefined : missing;
}

/** Whether each rule of now still names who approved. Groups may be the provider's word, which only a sign-in shows: they stand. */
function stillAsked(policy: DecidingPolicy, row: BatchRow, each: Asked['each'], { person, inPlaceOf }: Approval): boolean {
  const names = [person, ...(inPlaceOf === undefined ? [] : [inPlaceOf])].map((name) => knownAs(policy, { person: name }));
  return each.every(
    ({ asks }) =>
      asks.approvers.some((name) => name.startsWith('group:')) || names.some((one) => isAmong(policy, asks.approvers, one, row.person)),
  );
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
