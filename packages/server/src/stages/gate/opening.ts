import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Tx } from '../../kernel/recorder.ts';
import type { ApprovalRule } from '../../kernel/rules.ts';
import type { Opened, TicketDraft } from '../../kernel/tickets.ts';
import { togetherText } from './goals/goal.ts';
import type { GoalStore } from './goals/store.ts';
import { boundRecipients, type RecipientsDigest } from './recipients.ts';
import type { TicketRow, TicketStore } from './store.ts';
import { speaking, stateAt, ticketEntry, viewOf } from './view.ts';

const dayMs = 24 * 3_600_000;

/** The row that a draft becomes. What no stage knows is empty, which no execution will match. */
export function rowOf(draft: TicketDraft, bound: Pick<TicketRow, 'dedupe' | 'goal' | 'account'>, digest: RecipientsDigest): TicketRow {
  const { call, facts, ruling } = draft;
  const asks: ApprovalRule = ruling.asks ?? { approvers: [ruling.owner], needs: 1, expiresMs: dayMs, rule: ruling.rule };
  return {
    id: draft.id,
    state: 'held',
    dedupe: bound.dedupe,
    person: facts.subject?.person ?? call.credential.person,
    plugin: call.endpoint.plugin,
    version: call.endpoint.version,
    connector: call.endpoint.connector,
    tool: call.name,
    run: facts.subject?.run.id ?? '',
    call: call.id,
    attempt: call.attempt,
    arguments: draft.sealedArguments,
    definition: facts.permitted?.pinned.digest ?? '',
    policy: draft.policy,
    reach: facts.tiered?.reach ?? null,
    recipients: boundRecipients(digest, facts.tiered?.recipients),
    rule: asks.rule,
    sentence: draft.sentence,
    approvers: JSON.stringify(asks.approvers),
    needs: Math.max(1, asks.needs),
    decisions: '[]',
    decided_reason: null,
    created_at_ms: call.atMs,
    expires_at_ms: call.atMs + asks.expiresMs,
    decided_at_ms: null,
    executing_at_ms: null,
    finished_at_ms: null,
    effect: facts.tiered?.effect ?? null,
    tier: facts.tiered?.tier ?? null,
    account: bound.account,
    goal: bound.goal,
    linked: null,
    cumulative: facts.tiered?.reach ?? null,
    facts: JSON.stringify(draft.shown ?? {}),
    groups: JSON.stringify(asks.distinct ?? []),
    run_when: asks.run ?? 'resume',
    original: null,
    editors: '[]',
    escalated_to: null,
    result: null,
    picked_up_at_ms: null,
    run_claimed_at_ms: null,
    drill: 0,
    reminded_at_ms: null,
    escalated_at_ms: null,
    opened: 0,
  };
}

/**
 * Finds the open ticket of the same call, or opens one. A ticket that asks another question than the call now does
 * (its definition, reach or approvers moved) is withdrawn first, so that nobody approves what would not run.
 */
export async function openOrFind(
  store: TicketStore & { readonly goals: GoalStore },
  tx: Tx,
  draft: TicketDraft,
  wanted: TicketRow,
): Promise<Opened> {
  const { atMs, ticket: known } = draft.call;
  const row = await store.newestIn(tx, wanted.dedupe);
  const found = speaking(row, atMs);
  const entries: EntryFields[] = [];
  if (row && found) {
    if (found.state === 'held' && sameQuestion(row, wanted)) return { ticket: found, existing: true, entries: [] };
    const decidedUnseen = found.state !== 'held' && (known?.id !== found.id || known.state !== found.state);
    if (decidedUnseen || found.state === 'executing') return { moved: `ticket ${found.id} is ${found.state}` };
  }
  if (row && (row.state === 'held' || row.state === 'approved')) {
    const to = stateAt(row, atMs) === 'expired' ? 'expired' : 'withdrawn';
    const ended = await store.move(
      tx,
      { id: row.id, states: ['held', 'approved'] },
      { state: to, decided_at_ms: row.decided_at_ms ?? atMs },
    );
    if (!ended) return { moved: `ticket ${row.id} changed` };
    entries.push(
      ticketEntry(ended, to, atMs, to === 'withdrawn' ? { detail: `replaced by ${draft.id}: what would run is not what was asked` } : {}),
    );
  }
  const linked = await linkedTo(store.goals, tx, changedBefore(draft, row, wanted));
  await store.insert(tx, linked);
  return { ticket: viewOf(linked, 'held'), existing: false, entries };
}

/** A ticket that takes the place of one whose payload a person changed holds that payload, and says who changed it. */
function changedBefore({ call }: TicketDraft, row: TicketRow | undefined, wanted: TicketRow): TicketRow {
  return call.asked && row ? { ...wanted, original: row.original, editors: row.editors } : wanted;
}

/** Counts the earlier pieces of the same goal, now that nobody else can add one. */
async function linkedTo(goals: GoalStore, tx: Tx, row: TicketRow): Promise<TicketRow> {
  if (row.goal === null) return row;
  const earlier = await goals.earlierIn(tx, { goal: row.goal, atMs: row.created_at_ms });
  if (earlier.pieces === 0) return row;
  return {
    ...row,
    linked: (await goals.firstIn(tx, row.goal, row.created_at_ms)) ?? null,
    cumulative: row.reach === null ? null : row.reach + earlier.reach,
    sentence: `${row.sentence}${togetherText(earlier, row.reach)}`,
  };
}

function sameQuestion(row: TicketRow, wanted: TicketRow): boolean {
  return (
    row.definition === wanted.definition &&
    row.reach === wanted.reach &&
    row.recipients === wanted.recipients &&
    row.approvers === wanted.approvers &&
    row.needs === wanted.needs &&
    row.groups === wanted.groups &&
    row.account === wanted.account
  );
}
