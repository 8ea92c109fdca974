import type { AutonomyDoor } from '../../../kernel/autonomy.ts';
import type { MadeChange } from '../../../kernel/batches.ts';
import type { ChangeView } from '../../../kernel/changes.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { StepResult, Tx } from '../../../kernel/recorder.ts';
import type { Ruling } from '../../../kernel/stage.ts';
import { afterRefusal } from '../batches/applying/refusal.ts';
import type { UndoDoor } from '../batches/door.ts';
import { undoEntry } from './entries.ts';
import { endItem, endUnsent, type ItemRow, moveItem, settleMade, takeMade } from './items-store.ts';
import { moveUndo, undoById } from './store.ts';
import { refusalWords } from './words.ts';

const quiet = { ok: true, quiet: true } as const;

/** What the calls of an undo write in the transactions of their own entries. */
export function openUndoDoor({ clock, autonomy }: { readonly clock: Clock; readonly autonomy?: AutonomyDoor | undefined }): UndoDoor {
  return {
    begin: (tx, change, call) => begin(tx, change, call),
    refused: (tx, change, ruling, atMs) => refused(tx, change, ruling, atMs),
    async made(tx, made) {
      const { change } = made.facts.call;
      return change ? await ended(tx, change, made, { clock, autonomy }) : quiet;
    },
  };
}

/** possible → running. A conflict where the undo was paused or taken over, or another undo has the change. */
async function begin(
  tx: Tx,
  { id, n, sent, claim }: ChangeView,
  call: { readonly id: string; readonly atMs: number },
): Promise<StepResult> {
  const held = claim !== undefined && (await moveUndo(tx, { id, states: ['undoing'], claim }, { claimed_at_ms: call.atMs }));
  if (!held) return { ok: false, conflict: `undo ${id} does not go on here any more` };
  const begun = { state: 'running', ran: call.id, sent: sent + 1, started_at_ms: call.atMs, ended_at_ms: null, code: null } as const;
  const moved = await moveItem(tx, { undo: id, n, states: ['possible'], sent }, begun);
  if (!moved) return { ok: false, conflict: `change ${n} of undo ${id} is not to be taken back` };
  if (!(await takeMade(tx, moved.call, id))) return { ok: false, conflict: `another undo has change ${n} of undo ${id}` };
  return quiet;
}

/**
 * A refusal of the one change ends it, one of everything pauses the undo. A change that was sent before, and of which nobody
 * knows what came, stays unknown: a refusal now says nothing of then.
 */
async function refused(tx: Tx, { id, n, sent }: ChangeView, ruling: Ruling, atMs: number): Promise<StepResult> {
  const became = afterRefusal(ruling.code);
  const says = refusalWords(ruling);
  if (became === 'staged') return await pausedBy(tx, id, says, atMs);
  // It is tried again; whoever tries says when that was too often.
  if (became === 'unread') return quiet;
  const from = { undo: id, n, states: ['possible'], sent } as const;
  const to = { code: ruling.code, says, ended_at_ms: atMs } as const;
  await endUnsent(tx, from, { ...to, state: became === 'conflict' ? 'conflict' : 'barred' });
  return quiet;
}

/** Undoes that go on pause; what it would have done stays to be done. */
export async function pausedBy(tx: Tx, id: string, says: string, atMs: number): Promise<StepResult> {
  const paused = await moveUndo(tx, { id, states: ['undoing'] }, { state: 'paused', paused_for: says });
  if (!paused) return quiet;
  return { ok: true, entries: [undoEntry(paused, 'paused', atMs, { reason: says })] };
}

/** running → undone. Anything but done stays running until it was read back; `ended_at_ms` says that it answered. */
async function ended(
  tx: Tx,
  { id, n, sent }: ChangeView,
  { facts, outcome, code, sent: left, atMs }: MadeChange,
  { clock, autonomy }: { readonly clock: Clock; readonly autonomy?: AutonomyDoor | undefined },
): Promise<StepResult> {
  const row = await undoById(tx, id);
  if (row?.run === null) await moveUndo(tx, { id, states: ['undoing', 'paused', 'aborted'] }, { run: facts.subject.run.id });
  const from = { undo: id, n, states: ['running'], sent: sent + 1 } as const;
  // A stop came before it left: nothing happened, and the stop pauses the rest.
  if (!left && code === 'stopped') {
    // Of what was sent before nobody knows more than before.
    const again = row?.state === 'aborted' ? (sent > 0 ? 'unknown' : 'left') : 'possible';
    const back = await moveItem(tx, from, { state: again, sent, code: sent > 0 ? 'upstream_failed' : null });
    if (back && sent === 0) await settleMade(tx, back.call, id, false);
    return quiet;
  }
  if (outcome !== 'done' && outcome !== 'withheld') {
    const answered = outcome === 'failed' ? atMs : null;
    await moveItem(tx, from, { state: 'running', code: code ?? 'upstream_failed', ended_at_ms: answered });
    return quiet;
  }
  const done = await endItem(tx, from, { state: 'undone', code: null, ended_at_ms: atMs });
  return done ? await tookBack(tx, done, { clock, autonomy }) : quiet;
}

/** What a change that was taken back means elsewhere: it is marked, and its workflow has less to show. */
export async function tookBack(
  tx: Tx,
  item: ItemRow,
  { clock, autonomy }: { readonly clock: Clock; readonly autonomy?: AutonomyDoor | undefined },
): Promise<StepResult> {
  const made = await settleMade(tx, item.call, item.undo, true);
  const row = await undoById(tx, item.undo);
  if (!row || !autonomy) return quiet;
  const workflow = { plugin: row.plugin, connector: item.connector, tool: item.tool };
  const batch = made?.batch ?? undefined;
  return await autonomy.undone(tx, { workflow, undo: row.id, batch, changes: 1, atMs: clock() });
}
