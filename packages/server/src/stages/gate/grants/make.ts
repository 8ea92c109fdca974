import { boundsOf } from '@trapkey/contract/bounds.ts';
import type { Tier } from '@trapkey/contract/codes.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ProvenPerson } from '../../../kernel/approvals.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { GrantWish } from '../../../kernel/grants.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import { isFresh } from '../../../kernel/sessions.ts';
import { approvalsOf } from '../approved-by.ts';
import type { TicketRow } from '../store.ts';
import type { GrantRow } from './store.ts';

/** What of the running policy says whether and by whom a grant may be made. */
export type GrantingPolicy = Pick<PolicySet, 'directory' | 'organization' | 'connectors'>;

const dayMs = 24 * 3_600_000;
const lastsMax = 366 * dayMs;
const countMax = 100_000;
const boundsCharactersMax = 4_096;
const approvedStates = ['approved', 'executing', 'done', 'failed', 'unknown'];

/** Throws, in words, unless this person may make a standing grant of this ticket; whether they showed a credential is not looked at. */
export function mayGrant(policy: GrantingPolicy, row: TicketRow, by: ProvenPerson): string {
  const person = identity(policy, by.person);
  const { tools } = policy.connectors.get(row.connector) ?? {};
  const { approvals, approvalsByTier } = policy.organization;
  const rule = (tools?.get(row.tool) ?? tools?.get('*'))?.approvals ?? approvalsByTier?.get(row.tier as Tier) ?? approvals;
  const { owner } = policy.organization;
  if (rule.grants === 'never')
    throw new UserError(
      `Rule ${rule.rule} wants a person each time, so there is no standing grant. Nothing was changed.`,
      `Who can change that: ${owner}.`,
    );
  if (row.needs > 1 || rule.needs > 1)
    throw new UserError(
      `Ticket ${row.id} needed ${Math.max(row.needs, rule.needs)} people; one of them cannot grant it for all. Nothing was changed.`,
      `${owner} can lower what rule ${rule.rule} needs, for everyone to see.`,
    );
  const mine = approvalsOf(row).find((approval) => identity(policy, approval.person) === person);
  if (!approvedStates.includes(row.state) || !mine || mine.kind === 'break-glass')
    throw new UserError(
      `A grant is made by somebody who approved the ticket; ${person} did not approve ${row.id}. Nothing was changed.`,
      `Approve it first: trapkey approvals approve ${row.id}.`,
    );
  if (identity(policy, row.person) === person && !policy.organization.solo)
    throw new UserError(`${person} asked for this call and cannot grant it to themselves. Nothing was changed.`, `Ask ${owner}.`);
  return person;
}

/** Throws when it is made over the high tier on an old proof. */
export function freshForGrant(row: TicketRow, by: ProvenPerson, atMs: number): void {
  if (row.tier === 'high' && !isFresh(by, atMs))
    throw new UserError(
      'A grant over the high tier needs a credential that was shown just now. Nothing was changed.',
      'Show your code or passkey again.',
    );
}

/** The row that a wish becomes, or why it cannot. */
export function rowOfWish(
  wish: GrantWish,
  from: {
    readonly row: TicketRow;
    readonly args: JsonObject;
    readonly id: string;
    readonly by: string;
    readonly owner: string;
    readonly atMs: number;
  },
): GrantRow {
  const { row, atMs } = from;
  const because = wish.because
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 500);
  if (because === '')
    throw new UserError('A reason is needed: whoever reviews the grant reads it. Nothing was changed.', 'Add `--because "…"`.');
  whole('count', wish.count, countMax);
  whole('time until it expires', wish.expiresInMs, lastsMax);
  if (wish.periodMs !== undefined) whole('period', wish.periodMs, lastsMax);
  if (wish.reachMax !== undefined) whole('reach', wish.reachMax, Number.MAX_SAFE_INTEGER);
  const bounds = (wish.bounds ?? boundsOf(from.args)).trim();
  if (bounds === '' || bounds.length > boundsCharactersMax)
    throw new UserError(
      `Bounds have 1 to ${boundsCharactersMax} characters; these have ${bounds.length}. Nothing was changed.`,
      'Write them with --bounds.',
    );
  return {
    id: from.id,
    person: wish.forEveryone ? null : row.person,
    plugin: row.plugin,
    version: row.version,
    connector: row.connector,
    tool: row.tool,
    definition: row.definition,
    bounds,
    count_max: wish.count,
    period_ms: wish.periodMs ?? null,
    reach_max: wish.reachMax ?? row.reach,
    because,
    owner: from.owner,
    made_by: from.by,
    from_ticket: row.id,
    created_at_ms: atMs,
    expires_at_ms: atMs + wish.expiresInMs,
    reviewed_at_ms: null,
    revoked_at_ms: null,
    revoked_by: null,
  };
}

function whole(what: string, value: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return;
  throw new UserError(`The ${what} is not between 1 and ${max}. Nothing was changed.`);
}

/** One id for one person. */
export function identity(policy: Pick<PolicySet, 'directory'>, name: string): string {
  const lower = name.trim().toLowerCase();
  return policy.directory.get(lower)?.id.toLowerCase() ?? lower;
}
