import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { AutonomyDoor } from '../../../kernel/autonomy.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { Recorder, Tx } from '../../../kernel/recorder.ts';
import type { UndoAct, UndoState } from '../../../kernel/undo.ts';
import type { DecidingPolicy } from '../deciding/people.ts';
import { actedBy, type UndoAction, undoEntry } from './entries.ts';
import { freshEnough, mayUndo } from './may-undo.ts';
import { readUndos, type UndoDatabase } from './read.ts';
import { moveUndo, type UndoMove, type UndoRow } from './store.ts';

/** What people's acts on undos need. */
export interface UndoParts {
  readonly database: UndoDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => DecidingPolicy;
  /** Hears that a workflow's work was taken back. */
  readonly autonomy?: AutonomyDoor | undefined;
}

/** One act of a person, and what it makes of the undo. */
export interface Moving {
  readonly from: readonly UndoState[];
  readonly action: UndoAction;
  readonly reason?: string;
  /** More than a session is needed. */
  readonly fresh?: boolean;
  readonly entry?: Partial<EntryFields>;
  readonly move: (atMs: number) => UndoMove;
  readonly also?: (tx: Tx, row: UndoRow) => Promise<{ readonly says?: string; readonly entry?: Partial<EntryFields> }>;
}

/** Writes it with its entry, in one transaction; throws in words where it cannot be done. */
export async function commitMove(parts: UndoParts, act: UndoAct, moving: Moving): Promise<void> {
  mayUndo(act.by);
  const row = await undoOf(parts, act.undo);
  const atMs = parts.clock();
  if (!(moving.from as readonly string[]).includes(row.state))
    throw new UserError(
      `Undo ${row.id} is ${row.state}; this needs it to be ${moving.from.join(' or ')}. Nothing was changed.`,
      `Look at it: \`trapkey undo show ${row.id}\`.`,
    );
  if (moving.fresh) freshEnough(act.by, atMs);
  let problem = `Undo ${row.id} changed at the same moment. Nothing was changed.`;
  const committed = await parts.recorder.commit({
    entries: [],
    steps: async (tx) => {
      const moved = await moveUndo(tx, { id: row.id, states: moving.from }, moving.move(atMs));
      if (!moved) return { ok: false, conflict: 'it moved on meanwhile' };
      const also = await moving.also?.(tx, moved);
      if (also?.says !== undefined) {
        problem = also.says;
        return { ok: false, conflict: also.says };
      }
      const about = { ...actedBy(act.by, act.via), ...(moving.reason !== undefined && { reason: moving.reason }) };
      return { ok: true, entries: [undoEntry(moved, moving.action, atMs, { ...about, ...moving.entry, ...also?.entry })] };
    },
  });
  if (committed.status !== 'committed') throw new UserError(problem, 'Look at it again.');
}

/** The undo of this id; throws where there is none. */
export async function undoOf({ database }: Pick<UndoParts, 'database'>, id: string): Promise<UndoRow> {
  const row = await readUndos(database).byId(id);
  if (!row) throw new UserError(`There is no undo ${id.slice(0, 40)}.`, 'See them with `trapkey undo list`.');
  return row;
}
