import { UserError } from '../../../../kernel/errors.ts';
import { tellAudited } from '../audit/lots.ts';
import { askedOf } from './asked.ts';
import { batchEntry } from './entry.ts';
import { batchNotice } from './notices.ts';
import { type BatchRow, batchById, moveBatch } from './store.ts';
import type { Submitting } from './submit.ts';
import { takenBack } from './taken-back.ts';

const triesMax = 5;

/**
 * Takes a batch back. Before its draw it is gone; after it, whoever could see what was drawn could also make it look clean,
 * so that it counts as returned.
 */
export async function withdraw(parts: Submitting, given: BatchRow, client: string): Promise<BatchRow | undefined> {
  const { database, recorder, clock, policy, tell } = parts;
  for (let attempt = 0, row: BatchRow | undefined = given; row && attempt < triesMax; attempt++) {
    const drawn = row.state !== 'open';
    if (drawn && row.state !== 'proposed' && row.state !== 'ready') throw tooLate(row);
    const from: BatchRow = row;
    const atMs = clock();
    let moved: BatchRow | undefined;
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        moved = drawn
          ? await moveBatch(tx, from, { state: 'returned', decided_at_ms: atMs, reason: takenBack, approvals: '[]' })
          : await moveBatch(tx, from, { state: 'withdrawn', ended_at_ms: atMs, decided_at_ms: atMs });
        if (!moved) return { ok: false, conflict: 'changed meanwhile' };
        if (drawn) await tell(tx, [batchNotice(policy(), moved, 'returned', { asked: askedOf(policy(), moved).names, fact: takenBack })]);
        const action = drawn ? 'batch.returned' : 'batch.withdrawn';
        const entry = batchEntry(moved, action, atMs, { actor: client, detail: drawn ? takenBack : 'before its draw' });
        return { ok: true, entries: [entry, ...(drawn ? await tellAudited(parts, tx, moved, atMs) : [])] };
      },
    });
    if (moved) return moved;
    row = await batchById(database, from.id);
  }
  throw new UserError(`Others were deciding batch ${given.id} at the same moment. Nothing was changed.`, 'Look at it again.');
}

function tooLate({ id, state }: BatchRow): UserError {
  return new UserError(
    `Batch ${id} is ${state} and cannot be taken back. Nothing was changed.`,
    state === 'applying' || state === 'paused' ? 'A person can end it in the middle, and undo what was made.' : 'See what became of it.',
  );
}
