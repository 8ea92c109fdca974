import type { RaiseIn } from '../../../../kernel/alerts.ts';
import { approvalRulesOf } from '../../deciding/nudging.ts';
import { askedOf, escalatedRules } from './asked.ts';
import { batchEntry } from './entry.ts';
import { batchNotice } from './notices.ts';
import { type BatchMove, type BatchRow, moveBatch, waitingBatches } from './store.ts';
import type { Submitting } from './submit.ts';

const pageMax = 500;

/** What reminding and escalating work with. */
export interface Nudging extends Submitting {
  readonly raise?: RaiseIn | undefined;
}

/**
 * Of each batch that waits: asks further people where nobody decided in the time of `escalate`; reminds those who are asked,
 * once, after the earliest `remind` of its rules, else when half the time is over in which their tickets would be decided, and
 * tells operations and its owner. Gives of how many it told.
 */
export async function nudgeBatches(parts: Nudging): Promise<number> {
  const atMs = parts.clock();
  const reminded = approvalRulesOf(parts.policy()).some(({ escalate }) => escalate !== undefined);
  let told = 0;
  for (let after = ''; ; ) {
    const page = await waitingBatches(parts.database, { beforeMs: atMs, reminded, after, max: pageMax });
    for (const row of page) if (await nudge(parts, row, atMs)) told += 1;
    if (page.length < pageMax) return told;
    after = page.at(-1)?.id ?? '';
  }
}

async function nudge(parts: Nudging, row: BatchRow, atMs: number): Promise<boolean> {
  const due = dueOf(parts, row, atMs);
  if (!due) return false;
  const { recorder, policy, tell, raise } = parts;
  const committed = await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const moved = await moveBatch(tx, row, due.move);
      if (!moved) return { ok: false, conflict: 'decided meanwhile' };
      const fact = due.detail === undefined ? {} : { fact: `Nobody decided in time: it ${due.detail}` };
      await tell(tx, [batchNotice(policy(), moved, due.event, { asked: askedOf(policy(), moved).names, ...fact })]);
      const says = `Batch ${row.id} of ${row.person} is ${row.state} and waits for a person: nothing of it happens before somebody decides.`;
      await raise?.(tx, { kind: 'batch_waits', scope: `batch:${row.id}`, says, plugin: row.plugin, link: `/b/${row.id}`, atMs });
      const entry = { actor: 'trapkey', ...(due.detail !== undefined && { detail: due.detail }) };
      return { ok: true, entries: [batchEntry(moved, `batch.${due.event}`, atMs, entry)] };
    },
  });
  return committed.status === 'committed';
}

interface Due {
  readonly event: 'reminder' | 'escalated';
  readonly move: BatchMove;
  readonly detail?: string;
}

/** It waits since its submission, or since what was decided last. */
function dueOf({ policy }: Nudging, row: BatchRow, atMs: number): Due | undefined {
  const { each } = askedOf(policy(), row);
  const rules = each.length > 0 ? each.map(({ asks }) => asks) : [policy().organization.approvals];
  const waitedMs = atMs - Number(row.decided_at_ms ?? row.submitted_at_ms);
  const known = escalatedRules(row);
  const due = rules.filter(({ rule, escalate }) => escalate && waitedMs >= escalate.afterMs && !known.includes(rule));
  if (due.length > 0) {
    const escalated = JSON.stringify([...new Set([...known, ...due.map(({ rule }) => rule)])]);
    const further = new Set(due.flatMap(({ escalate }) => escalate?.to ?? []));
    return { event: 'escalated', move: { escalated }, detail: `also asks ${[...further].join(', ')}` };
  }
  const remindMs = Math.min(...rules.map((rule) => rule.remindMs ?? rule.expiresMs / 2));
  return row.reminded_at_ms === null && waitedMs >= remindMs ? { event: 'reminder', move: { reminded_at_ms: atMs } } : undefined;
}
