import type { RaiseIn } from '../../../../kernel/alerts.ts';
import { askedOf } from './asked.ts';
import { batchEntry } from './entry.ts';
import { batchNotice } from './notices.ts';
import { type BatchRow, moveBatch, unreminded } from './store.ts';
import type { Submitting } from './submit.ts';

const pageMax = 500;

/** What reminding works with. */
export interface Reminding extends Submitting {
  readonly raise?: RaiseIn | undefined;
}

/**
 * Reminds those whom a batch asks, once, and tells operations and its owner: after the earliest `remind` of its rules, else when
 * half the time is over in which their tickets would be decided. Gives how many.
 */
export async function remindBatches(parts: Reminding): Promise<number> {
  const atMs = parts.clock();
  let reminded = 0;
  for (let after = ''; ; ) {
    const page = await unreminded(parts.database, atMs, after, pageMax);
    for (const row of page) if (atMs >= dueAtMs(parts, row) && (await remind(parts, row, atMs))) reminded += 1;
    if (page.length < pageMax) return reminded;
    after = page.at(-1)?.id ?? '';
  }
}

/** It waits since its submission, or since what was decided last. */
function dueAtMs({ policy }: Reminding, row: BatchRow): number {
  const { each } = askedOf(policy(), row);
  const rules = each.length > 0 ? each.map(({ asks }) => asks) : [policy().organization.approvals];
  const waitsMs = Math.min(...rules.map(({ remindMs, expiresMs }) => remindMs ?? expiresMs / 2));
  return Number(row.decided_at_ms ?? row.submitted_at_ms) + waitsMs;
}

async function remind({ recorder, policy, tell, raise }: Reminding, row: BatchRow, atMs: number): Promise<boolean> {
  const committed = await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const moved = await moveBatch(tx, row, { reminded_at_ms: atMs });
      if (!moved) return { ok: false, conflict: 'decided meanwhile' };
      await tell(tx, [batchNotice(policy(), moved, 'reminder', { asked: askedOf(policy(), moved).names })]);
      const says = `Batch ${row.id} of ${row.person} is ${row.state} and waits for a person: nothing of it happens before somebody decides.`;
      await raise?.(tx, { kind: 'batch_waits', scope: `batch:${row.id}`, says, plugin: row.plugin, link: `/b/${row.id}`, atMs });
      return { ok: true, entries: [batchEntry(moved, 'batch.reminder', atMs, { actor: 'trapkey' })] };
    },
  });
  return committed.status === 'committed';
}
