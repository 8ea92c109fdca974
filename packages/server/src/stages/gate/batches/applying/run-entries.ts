import type { EntryFields } from '@trapkey/contract/entry.ts';
import { listOf } from '../../view.ts';
import { batchEntry } from '../proposal/entry.ts';
import { type BatchEvent, batchNotice } from '../proposal/notices.ts';
import type { BatchRow } from '../proposal/store.ts';
import { moveBatch } from './applying-store.ts';
import type { MakingParts } from './parts.ts';
import { targetsOf } from './steps.ts';

/** One move of a batch by the process that applies it, with its entry; false where a person was first. */
async function moved(
  parts: MakingParts,
  batch: BatchRow,
  to: Parameters<typeof moveBatch>[3],
  {
    action,
    detail,
    raises,
    tells,
  }: {
    readonly action: string;
    readonly detail: (now: BatchRow) => string;
    readonly raises?: (now: BatchRow) => string | undefined;
    readonly tells?: BatchEvent;
  },
): Promise<BatchRow | undefined> {
  const atMs = parts.clock();
  let now: BatchRow | undefined;
  await parts.recorder.commit({
    entries: [],
    steps: async (tx) => {
      now = await moveBatch(tx, batch.id, ['applying'], to);
      if (!now) return { ok: true, quiet: true };
      const says = raises?.(now);
      if (says !== undefined)
        await parts.raise(tx, {
          kind: 'batch_waits',
          scope: `batch:${batch.id}`,
          says: says.slice(0, 1_000),
          plugin: batch.plugin,
          link: `/b/${batch.id}`,
          atMs,
        });
      if (tells)
        await parts.tell(tx, [batchNotice(parts.policy(), now, tells, { asked: listOf(now.approvers), fact: detail(now).slice(0, 500) })]);
      const entries: readonly EntryFields[] = [batchEntry(now, action, atMs, { detail: detail(now).slice(0, 500) })];
      return { ok: true, entries };
    },
  });
  return now;
}

/** It waits for a person, who is told why. */
export async function pauseBatch(parts: MakingParts, batch: BatchRow, says: string): Promise<void> {
  const next = `Nothing more of it is made until a person resumes or aborts it: trapkey batch show ${batch.id}.`;
  await moved(
    parts,
    batch,
    { state: 'paused', paused_for: says.slice(0, 500) },
    {
      action: 'batch.paused',
      detail: () => says,
      tells: 'paused',
      raises: () => `Batch ${batch.id} of ${batch.plugin} is paused: ${says}. ${next}`,
    },
  );
}

/** How far it came, in words. */
function endsText({ done, failed, conflicts, refused, unknown }: BatchRow): string {
  const parts = [`${done} made`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (conflicts > 0) parts.push(`${conflicts} changed by others and not overwritten`);
  if (refused > 0) parts.push(`${refused} refused`);
  if (unknown > 0) parts.push(`${unknown} unknown`);
  return parts.join(', ');
}

/** A step is over and nothing stands against the next one. */
export async function nextStep(parts: MakingParts, batch: BatchRow, changes: number): Promise<BatchRow | undefined> {
  const targets = targetsOf(changes);
  const target = targets[batch.step] ?? changes;
  const detail = (now: BatchRow) =>
    `step ${batch.step} of ${targets.length} is over: ${endsText(now)}; the next goes to ${target} of ${changes}`;
  return await moved(parts, batch, { step: batch.step + 1, target }, { action: 'batch.step', detail });
}

/** Every change has ended. */
export async function endBatch(parts: MakingParts, batch: BatchRow): Promise<void> {
  const raises = ({ id, plugin, unknown }: BatchRow) =>
    unknown > 0
      ? `Batch ${id} of ${plugin} has ended, and of ${unknown} of its changes it is not known whether they were made. Look, and say what you found: trapkey batch show ${id} --state unknown.`
      : undefined;
  await moved(
    parts,
    batch,
    { state: 'applied', ended_at_ms: parts.clock() },
    { action: 'batch.applied', detail: endsText, raises, tells: 'applied' },
  );
}
