import type { Approval } from '../../kernel/approvals.ts';
import type { TicketRow } from './store.ts';

interface StoredApproval {
  readonly person: string;
  readonly at_ms: number;
  readonly kind: Approval['kind'];
  readonly in_place_of?: string;
  readonly groups?: readonly string[];
  readonly reason?: string;
}

/** The approvals so far, each by another person. */
export function approvalsOf(row: TicketRow): readonly Approval[] {
  const stored: readonly StoredApproval[] = JSON.parse(row.decisions);
  return stored.map(({ person, at_ms, kind, in_place_of, groups, reason }) => ({
    person,
    atMs: at_ms,
    kind,
    ...(in_place_of !== undefined && { inPlaceOf: in_place_of }),
    ...(groups && { groups }),
    ...(reason !== undefined && { reason }),
  }));
}

/** The other way round: as the `decisions` column holds them. */
export function storedApprovals(approvals: readonly Approval[]): string {
  const stored = ({ person, atMs, kind, inPlaceOf, groups, reason }: Approval): StoredApproval => ({
    person,
    at_ms: atMs,
    kind,
    ...(inPlaceOf !== undefined && { in_place_of: inPlaceOf }),
    ...(groups && groups.length > 0 && { groups }),
    ...(reason !== undefined && { reason }),
  });
  return JSON.stringify(approvals.map(stored));
}

/** As the record names them. With the asking person among them it is `self`, whoever else agreed. */
export function approvalText(approvals: readonly Approval[]): string | undefined {
  if (approvals.length === 0) return undefined;
  const alone = approvals.findLast((approval) => approval.kind === 'break-glass');
  if (alone) return `break-glass:${alone.person}`;
  const kind = approvals.some((approval) => approval.kind === 'self') ? 'self' : 'human';
  return `${kind}:${approvals.map((approval) => approval.person).join(',')}`;
}
