import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { TicketSummary } from '../../kernel/approvals.ts';
import type { TicketView } from '../../kernel/call.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { approvalsOf, approvalText } from './approved-by.ts';
import { rememberMs, type TicketRow } from './store.ts';

/** A ticket's state at a moment: one whose time is over is expired, whether or not that was written down yet. */
export function stateAt(row: TicketRow, atMs: number): TicketView['state'] {
  const waiting = row.state === 'held' || row.state === 'approved';
  return waiting && row.expires_at_ms <= atMs ? 'expired' : (row.state as TicketView['state']);
}

/** What the pipeline is told of a ticket; nothing when it no longer speaks about a new call. */
export function speaking(row: TicketRow | undefined, atMs: number): TicketView | undefined {
  if (!row) return undefined;
  const state = stateAt(row, atMs);
  if (state === 'held' || state === 'approved' || state === 'executing') return viewOf(row, state);
  if (isKept(row)) return (row.finished_at_ms ?? 0) > atMs - rememberMs ? viewOf(row, state) : undefined;
  if (state !== 'refused' && state !== 'expired') return undefined;
  return (row.decided_at_ms ?? row.expires_at_ms) > atMs - rememberMs ? viewOf(row, state) : undefined;
}

/** It ran, its result is held, and nobody was handed it. */
function isKept(row: TicketRow): boolean {
  return (row.state === 'done' || row.state === 'failed') && row.result !== null && row.picked_up_at_ms === null;
}

/** The row as the kernel knows tickets; without arguments. */
export function viewOf(row: TicketRow, state: TicketView['state']): TicketView {
  return {
    id: row.id,
    state,
    call: row.call,
    attempt: row.attempt,
    run: row.run,
    approval: state === 'held' ? undefined : approvalText(approvalsOf(row)),
    decidedReason: row.decided_reason ?? undefined,
    expiresAtMs: row.expires_at_ms,
    createdAtMs: row.created_at_ms,
    sentence: row.sentence,
    asked: askedOf(row),
    needs: row.needs,
    rule: row.rule,
    ...(isKept(row) && { kept: true }),
    distinct: groupsOf(row),
    tier: row.tier ?? undefined,
    cumulative: row.cumulative,
    runs: row.run_when,
    ...(row.original !== null && { edited: true }),
    bound: {
      definition: row.definition,
      reach: row.reach,
      recipients: row.recipients,
      release: `${row.plugin}@${row.version}`,
      policy: row.policy,
    },
  };
}

/** The row as lists show it. */
export function summaryOf(row: TicketRow, atMs: number): TicketSummary {
  return {
    id: row.id,
    state: stateAt(row, atMs),
    person: row.person,
    release: `${row.plugin}@${row.version}`,
    connector: row.connector,
    tool: row.tool,
    run: row.run,
    call: row.call,
    sentence: row.sentence,
    rule: row.rule,
    reach: row.reach,
    asked: askedOf(row),
    needs: row.needs,
    approvals: approvalsOf(row),
    decidedReason: row.decided_reason ?? undefined,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    decidedAtMs: row.decided_at_ms ?? undefined,
    tier: row.tier ?? undefined,
    effect: row.effect ?? undefined,
    cumulative: row.cumulative,
    linked: row.linked ?? undefined,
    distinct: groupsOf(row),
    ...(row.escalated_to !== null && { escalatedTo: listOf(row.escalated_to) }),
    runs: row.run_when,
    editors: listOf(row.editors),
    edited: row.original !== null,
    carries: row.arguments,
    facts: JSON.parse(row.facts),
  };
}

export function askedOf(row: Pick<TicketRow, 'approvers'>): readonly string[] {
  return listOf(row.approvers);
}

/** Groups that must each be among those who approve. */
export function groupsOf(row: Pick<TicketRow, 'groups'>): readonly string[] {
  return listOf(row.groups);
}

/** A JSON array of names. */
export function listOf(text: string): readonly string[] {
  return JSON.parse(text);
}

/** An entry about a ticket, as every change of its state leaves one. */
export function ticketEntry(row: TicketRow, kind: EntryFields['kind'], atMs: number, more: Partial<EntryFields> = {}): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind,
    on_behalf_of: row.person,
    action: row.tool,
    plugin: `${row.plugin}@${row.version}`,
    call: row.call,
    attempt: row.attempt,
    run: row.run,
    connector: row.connector,
    tool: row.tool,
    reach: row.reach,
    rule: row.rule,
    ticket: row.id,
    policy: row.policy,
    arguments: row.arguments,
    ...(row.definition !== '' && { definition: row.definition }),
    ...more,
  };
}
