import type { EntryFields } from '@trapkey/contract/entry.ts';
import { rfc3339 } from '../../../kernel/clock.ts';
import type { GrantView } from '../../../kernel/grants.ts';
import { type GrantRow, type GrantUse, termsOf } from './store.ts';

/** The row as people see it. */
export function grantViewOf(row: GrantRow, use: GrantUse | undefined, atMs: number): GrantView {
  return {
    ...termsOf(row),
    state: row.revoked_at_ms !== null ? 'revoked' : row.expires_at_ms <= atMs ? 'expired' : 'live',
    because: row.because,
    owner: row.owner,
    madeBy: row.made_by,
    fromTicket: row.from_ticket ?? undefined,
    createdAtMs: row.created_at_ms,
    reviewedAtMs: row.reviewed_at_ms ?? undefined,
    revokedBy: row.revoked_by ?? undefined,
    used: use?.present ?? 0,
    usedEver: use?.ever ?? 0,
    lastUsedAtMs: use?.lastAtMs,
  };
}

interface Act {
  readonly person: string;
  readonly via: string;
  readonly reason: string | undefined;
  readonly atMs: number;
}

/** What was done to a grant, by whom; its bounds hold values of a payload and stay out of the ledger. */
export function grantEntry(row: GrantRow, action: 'grant.made' | 'grant.reviewed' | 'grant.revoked', act: Act): EntryFields {
  const period = row.period_ms === null ? '' : ` per ${row.period_ms} ms`;
  return {
    timestamp: rfc3339(act.atMs),
    kind: 'admin',
    action,
    actor: `trapkey-${act.via}`,
    subject: row.id,
    on_behalf_of: act.person,
    plugin: `${row.plugin}@${row.version}`,
    connector: row.connector,
    tool: row.tool,
    definition: row.definition,
    reach: row.reach_max,
    detail: `${row.count_max} times${period} until ${rfc3339(row.expires_at_ms)}`,
    assurance: { on_behalf_of: 'proved' },
    ...(row.from_ticket !== null && { ticket: row.from_ticket }),
    ...(act.reason !== undefined && { reason: act.reason }),
  };
}
