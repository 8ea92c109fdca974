import type { Approval } from '../../../kernel/approvals.ts';
import type { TicketRow } from '../store.ts';
import { groupsOf, listOf } from '../view.ts';
import { type DecidingPolicy, identity } from './people.ts';

/** Whether the approvals suffice, and what is missing in words. */
export interface Quorum {
  readonly complete: boolean;
  readonly says: string;
  /** What is missing alone; empty where nothing is. */
  readonly missing: string;
}

/** Somebody as they count. */
export type Seated = Pick<Approval, 'person' | 'groups'>;

type Asking = Pick<TicketRow, 'needs' | 'groups' | 'plugin' | 'editors'>;

/** So many persons, one of each group that must be among them, and not only people with a stake of their own. */
export function quorumOf(policy: DecidingPolicy, row: Asking, approvals: readonly Seated[], author: string | undefined): Quorum {
  const missing: string[] = [];
  if (approvals.length < row.needs) missing.push(`${row.needs - approvals.length} more needed`);
  const groups = groupsOf(row);
  if (!represented(groups, approvals))
    missing.push(`${groups.map((group) => group.replace(/^group:/, 'group ')).join(' and ')} must each be among them, by another person`);
  const stake = staked(policy, row, author);
  const [only, second] = approvals;
  const why = only && !second && !policy.organization.solo ? stake.get(identity(policy, only.person)) : undefined;
  if (only && why !== undefined) missing.push(`nobody decides on their own: ${only.person} ${why}, so somebody else must approve too`);
  const counted = `${approvals.length} of ${row.needs}`;
  return missing.length === 0
    ? { complete: true, says: `${counted}: it may run once`, missing: '' }
    : { complete: false, says: `${counted}: it still waits; ${missing.join('; ')}`, missing: missing.join('; ') };
}

/** Who has a stake in it: they count, but never alone. */
function staked(policy: DecidingPolicy, row: Asking, author: string | undefined): ReadonlyMap<string, string> {
  const stake = new Map<string, string>();
  if (author !== undefined) stake.set(identity(policy, author), 'made the last change of policy');
  const owner = policy.plugins?.get(row.plugin)?.owner;
  if (owner !== undefined) stake.set(identity(policy, owner), `owns the plugin ${row.plugin}`);
  for (const editor of listOf(row.editors)) stake.set(identity(policy, editor), 'changed what would run');
  return stake;
}

/** Each group by a person of its own: one who is in two stands for one of them. */
function represented(groups: readonly string[], approvals: readonly Seated[], taken: ReadonlySet<number> = new Set()): boolean {
  const [group, ...rest] = groups;
  if (group === undefined) return true;
  return approvals.some(
    (approval, i) => !taken.has(i) && (approval.groups?.includes(group) ?? false) && represented(rest, approvals, new Set([...taken, i])),
  );
}
