import type { Clock } from '../../../kernel/clock.ts';
import type { Announce } from '../../../kernel/messages.ts';
import type { Recorder } from '../../../kernel/recorder.ts';
import type { ApprovalRule } from '../../../kernel/rules.ts';
import { type TicketChange, type TicketDatabase, ticketStore } from '../store.ts';
import { listOf, summaryOf, ticketEntry } from '../view.ts';
import { type DecidingPolicy, ruleFor } from './people.ts';
import { type QuietTicket, quietTickets } from './store.ts';

const pageMax = 1_000;

/** What reminding and escalating work with. */
export interface Nudging {
  readonly database: TicketDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => DecidingPolicy;
  readonly announce: Announce;
}

/** Reminds those who are asked, once, and asks further people where nobody decided in time. Gives how many tickets it told of. */
export async function nudge(parts: Nudging): Promise<number> {
  const policy = parts.policy();
  if (!anyNudges(policy)) return 0;
  let told = 0;
  let after: QuietTicket | undefined;
  for (;;) {
    const page = await quietTickets(parts.database, parts.clock(), after, pageMax);
    for (const ticket of page) if (await nudgeOne(parts, policy, ticket)) told += 1;
    after = page.at(-1);
    if (page.length < pageMax) return told;
  }
}

function anyNudges(policy: DecidingPolicy): boolean {
  return approvalRulesOf(policy).some((rule) => rule.remindMs !== undefined || rule.escalate !== undefined);
}

/** Every approval rule of a policy. */
export function approvalRulesOf({ organization, connectors }: DecidingPolicy): readonly ApprovalRule[] {
  const tools = [...(connectors?.values() ?? [])].flatMap((connector) => [...connector.tools.values()]);
  return [organization.approvals, ...(organization.approvalsByTier?.values() ?? []), ...tools.flatMap((tool) => tool.approvals ?? [])];
}

async function nudgeOne(parts: Nudging, policy: DecidingPolicy, ticket: QuietTicket): Promise<boolean> {
  const atMs = parts.clock();
  const due = dueOf(ruleFor(policy, ticket), ticket, atMs);
  if (!due) return false;
  const store = ticketStore(parts.database);
  const committed = await parts.recorder.commit({
    entries: [],
    steps: async (tx) => {
      const now = await store.byIdIn(tx, ticket.id);
      // Another process may have done it since.
      if (!now || (due.event === 'escalated' ? now.escalated_at_ms : now.reminded_at_ms) !== null) return { ok: false, conflict: 'done' };
      const moved = await store.move(tx, { id: ticket.id, states: ['held'], unexpiredAtMs: atMs }, due.change);
      if (!moved) return { ok: false, conflict: 'decided meanwhile' };
      await parts.announce(tx, due.event, summaryOf(moved, atMs));
      const detail = moved.escalated_to === null ? undefined : `also asks ${listOf(moved.escalated_to).join(', ')}`;
      const entry = {
        action: `ticket.${due.event}`,
        subject: moved.id,
        ...(due.event === 'escalated' && detail !== undefined && { detail }),
      };
      return { ok: true, entries: [ticketEntry(moved, 'admin', atMs, entry)] };
    },
  });
  return committed.status === 'committed';
}

interface Due {
  readonly event: 'reminder' | 'escalated';
  readonly change: TicketChange;
}

function dueOf(rule: ApprovalRule | undefined, ticket: QuietTicket, atMs: number): Due | undefined {
  const waitedMs = atMs - Number(ticket.created_at_ms);
  const { escalate, remindMs } = rule ?? {};
  if (escalate && ticket.escalated_at_ms === null && waitedMs >= escalate.afterMs)
    return { event: 'escalated', change: { escalated_at_ms: atMs, escalated_to: JSON.stringify(escalate.to) } };
  if (remindMs !== undefined && ticket.reminded_at_ms === null && waitedMs >= remindMs)
    return { event: 'reminder', change: { reminded_at_ms: atMs } };
  return undefined;
}
