import { errorsToPause, targetOf } from '../batches/applying/steps.ts';
import { pausedBy } from './door.ts';
import { undoEntry } from './entries.ts';
import type { UndoingParts } from './parts.ts';
import { digestsOf } from './prepare.ts';
import { readUndos } from './read.ts';
import { reconcileItem } from './reconciling.ts';
import { moveUndo, type UndoRow } from './store.ts';
import { takeBack } from './take-back.ts';
import { countWords } from './words.ts';

const pageMax = 32;

/**
 * Takes one page of changes back, one after the other, the newest first; false when it does not go on here. What a crash or
 * an answer that never came left running is looked at before anything else; where it was paused or ended, that is all.
 */
export async function undoOn(parts: UndoingParts, row: UndoRow, ends: AbortSignal): Promise<boolean> {
  const reads = readUndos(parts.database);
  const running = await reads.items(row.id, ['running'], 0, pageMax);
  const going = row.state === 'undoing';
  if (running.length === 0 && !going) return false;
  const items = running.length > 0 ? running : await reads.items(row.id, ['possible'], 0, pageMax);
  if (items.length === 0) {
    await ended(parts, row);
    return false;
  }
  const made = await reads.made(items.map(({ call }) => call));
  const payloads = await parts.unsealMany([...new Set([...made.values()].flatMap(digestsOf))]);
  for (const item of items) {
    if (ends.aborted) return false;
    const on = { row, item, made: made.get(item.call), payloads };
    const went = running.length > 0 ? await reconcileItem(parts, on, ends) : await takeBack(parts, on, ends);
    if (went === 'left') return false;
    if (!going) continue;
    if (!(await stepOn(parts, row.id))) return false;
    if (went === 'again') return true;
  }
  return going;
}

/** Pauses at too many errors, and goes to the next step where one is over; false where it does not go on here. */
async function stepOn(parts: UndoingParts, id: string): Promise<boolean> {
  const row = await readUndos(parts.database).byId(id);
  if (row?.state !== 'undoing' || row.claimed_by !== parts.claim) return false;
  const { recorder, clock } = parts;
  const errors = row.errors - row.step_errors;
  const before = row.step <= 1 ? 0 : targetOf(row.step - 1, row.total);
  if (errors >= errorsToPause(before, row.target)) {
    const says = `${errors === 1 ? 'one change' : `${errors} changes`} of this step could not be taken back`;
    // Whoever resumes has seen them: they are not counted again.
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        await moveUndo(tx, { id, states: ['undoing'] }, { step_errors: row.errors });
        return await pausedBy(tx, id, says, clock());
      },
    });
    return false;
  }
  if (row.ended < row.target || row.target >= row.total) return true;
  const step = row.step + 1;
  const target = targetOf(step, row.total);
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const to = { step, target, step_errors: row.errors };
      const moved = await moveUndo(tx, { id, states: ['undoing'], claim: parts.claim }, to);
      if (!moved) return { ok: false, conflict: 'it moved on meanwhile' };
      return {
        ok: true,
        entries: [undoEntry(moved, 'step', clock(), { count: target, detail: `step ${step}: up to ${target} of ${row.total}` })],
      };
    },
  });
  return true;
}

async function ended({ database, recorder, clock, claim }: UndoingParts, row: UndoRow): Promise<void> {
  const counts = (await readUndos(database).counts([row.id])).get(row.id) ?? {};
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const to = { state: 'undone', ended_at_ms: clock(), claimed_by: null, claimed_at_ms: null } as const;
      const moved = await moveUndo(tx, { id: row.id, states: ['undoing'], claim }, to);
      if (!moved) return { ok: false, conflict: 'it moved on meanwhile' };
      return {
        ok: true,
        entries: [undoEntry(moved, 'ended', clock(), { count: counts.undone ?? 0, detail: countWords(counts, 'ended') })],
      };
    },
  });
}
