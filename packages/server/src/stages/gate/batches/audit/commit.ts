import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { ProvenPerson } from '../../../../kernel/approvals.ts';
import { UserError } from '../../../../kernel/errors.ts';
import type { Tx } from '../../../../kernel/recorder.ts';
import { askedOf } from '../proposal/asked.ts';
import { batchEntry } from '../proposal/entry.ts';
import { type BatchEvent, batchNotice } from '../proposal/notices.ts';
import { type BatchMove, type BatchRow, batchById, moveBatch } from '../proposal/store.ts';
import type { Submitting } from '../proposal/submit.ts';

const triesMax = 5;

/** What people's decisions on batches work with. */
export interface Auditing extends Submitting {
  /** Who made the last change of the running policy, where that is known. */
  readonly author: () => Promise<string | undefined>;
}

/** What a step says happened: the batch as it becomes, and what is written and told of it. */
export interface Became {
  readonly change: BatchMove;
  readonly action: string;
  readonly entry: Partial<EntryFields>;
  /** What else follows from it, in the same transaction. */
  readonly follows?: readonly EntryFields[];
  readonly tells?: BatchEvent | undefined;
  readonly more?: { readonly by?: string; readonly quote?: string; readonly fact?: string };
}

/** One step of a batch, computed inside the transaction from the row that it replaces; a text is why it cannot be. */
export type Stepping = (tx: Tx, row: BatchRow, atMs: number) => Promise<Became | string>;

/** Writes it with its entry and its messages; anew when another was first. `check` throws, in words, what cannot be. */
export async function commitBatch(
  parts: Auditing,
  id: string,
  check: (row: BatchRow, atMs: number) => void,
  step: Stepping,
): Promise<BatchRow> {
  const { database, recorder, clock, policy, tell } = parts;
  for (let attempt = 0; attempt < triesMax; attempt++) {
    const row = await batchById(database, id);
    if (!row) throw noSuchBatch(id);
    const atMs = clock();
    check(row, atMs);
    let [moved, refused]: [BatchRow | undefined, string | undefined] = [undefined, undefined];
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        const became = await step(tx, row, atMs);
        if (typeof became === 'string') {
          refused = became;
          return { ok: false, conflict: became };
        }
        moved = await moveBatch(tx, row, became.change);
        if (!moved) return { ok: false, conflict: 'decided meanwhile' };
        if (became.tells)
          await tell(tx, [batchNotice(policy(), moved, became.tells, { asked: askedOf(policy(), moved).names, ...became.more })]);
        return { ok: true, entries: [batchEntry(moved, became.action, atMs, became.entry), ...(became.follows ?? [])] };
      },
    });
    if (moved) return moved;
    // What was refused may have been another's doing a moment ago, and is said as it is now.
    if (refused !== undefined) throw new UserError(refused, 'Look at it again.');
  }
  throw new UserError(`Others were deciding batch ${id} at the same moment. Nothing was changed.`, 'Look at it again, then decide.');
}

/** How an entry names who acted, and through what. */
export function actedBy(by: Pick<ProvenPerson, 'person'>, via: string): Partial<EntryFields> {
  return { actor: `trapkey-${via}`, approval: `human:${by.person}`, assurance: { approval: 'proved' } };
}

/** The sentence for an id that no batch has. */
export function noSuchBatch(id: string): UserError {
  return new UserError(`There is no batch ${id.slice(0, 40)}.`, 'See them with `trapkey batch list`.');
}
