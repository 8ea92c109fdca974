import type { BatchApplying } from '../../../../kernel/batch-desk.ts';
import { UserError } from '../../../../kernel/errors.ts';
import { actedBy } from '../../deciding/commit.ts';
import { batchEntry } from '../proposal/entry.ts';
import { rulesFor } from '../proposal/projection.ts';
import { type ApplyingParts, batchOf, reasonOf } from './acting.ts';
import { settleMade } from './applying-store.ts';
import { moveChange } from './changes-store.ts';
import { madeBy } from './made.ts';
import { mayAct } from './may-act.ts';

/** A person looked at the record: it was made, or it was not. What they say stands in the record under their name. */
export async function settleChange(parts: ApplyingParts, act: Parameters<BatchApplying['settle']>[0]): Promise<void> {
  const { recorder, clock } = parts;
  const batch = await batchOf(parts, act.batch);
  const atMs = clock();
  const person = mayAct(parts.policy(), batch, act.by, atMs);
  const reason = reasonOf(act.reason, 'Saying what became of a change');
  const committed = await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const state = act.as === 'done' ? 'done' : 'failed';
      const moved = await moveChange(tx, { batch: batch.id, n: act.n, state: 'unknown' }, { state, ended_at_ms: atMs });
      if (!moved) return { ok: false, conflict: 'it is not unknown' };
      const made = madeBy(batch, moved, { state, reversible: rulesFor(parts.policy(), moved)?.undo !== undefined, atMs });
      if (made) await settleMade(tx, made);
      const said = act.as === 'done' ? 'it was made' : 'it was not made';
      const entry = batchEntry(batch, 'batch.reconciled', atMs, {
        ...actedBy({ person }, act.via),
        ...(moved.ran !== null && { call: moved.ran }),
        ...{ connector: moved.connector, tool: moved.tool, reason, detail: `change ${act.n}: a person looked, ${said}` },
      });
      return { ok: true, entries: [entry] };
    },
  });
  if (committed.status === 'committed') return;
  throw new UserError(
    `Change ${act.n} of batch ${batch.id} is not one whose outcome is unknown. Nothing was changed.`,
    `See them with \`trapkey batch show ${batch.id} --state unknown\`.`,
  );
}
