import { UserError } from '../../../kernel/errors.ts';
import type { Undos } from '../../../kernel/undo.ts';
import { tookBack } from './door.ts';
import { actedBy, undoEntry } from './entries.ts';
import { moveItem, settleMade, takeMade } from './items-store.ts';
import { mayUndo, reasonOf } from './may-undo.ts';
import { type UndoParts, undoOf } from './moving.ts';

/**
 * A person looked at the record: it was taken back, or it was not, and then another undo may. What they say stands in the record
 * under their name.
 */
export async function settleItem(parts: UndoParts, { n, as, ...act }: Parameters<Undos['settle']>[0]): Promise<void> {
  mayUndo(act.by);
  const row = await undoOf(parts, act.undo);
  const reason = reasonOf(act.reason, 'Saying what became of a change');
  const atMs = parts.clock();
  let problem = `Change ${n} of undo ${row.id} is not one whose outcome is unknown. Nothing was changed.`;
  const committed = await parts.recorder.commit({
    entries: [],
    steps: async (tx) => {
      const done = as === 'done';
      const to = {
        state: done ? 'undone' : 'failed',
        code: null,
        says: `A person looked: ${reason}`.slice(0, 500),
        ended_at_ms: atMs,
      } as const;
      const moved = await moveItem(tx, { undo: row.id, n, states: ['unknown'] }, to);
      if (!moved) return { ok: false, conflict: 'it is not unknown' };
      if (done && !(await takeMade(tx, moved.call, row.id))) {
        problem = `Another undo has change ${n} meanwhile; what it finds counts. Nothing was changed.`;
        return { ok: false, conflict: 'another undo has it' };
      }
      if (!done) await settleMade(tx, moved.call, row.id, false);
      const told = done ? await tookBack(tx, moved, parts) : undefined;
      if (told && !told.ok) return told;
      const entry = undoEntry(row, 'reconciled', atMs, {
        ...actedBy(act.by, act.via),
        ...(moved.ran !== null && { call: moved.ran }),
        ...{ connector: moved.connector, tool: moved.tool, reason },
        detail: `change ${n}: a person looked, it was ${done ? 'taken back' : 'not taken back'}`,
      });
      return { ok: true, entries: [...(told?.entries ?? []), entry] };
    },
  });
  if (committed.status === 'committed') return;
  throw new UserError(problem, `See them with \`trapkey undo show ${row.id} --state unknown\`.`);
}
