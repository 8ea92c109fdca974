import type { Tx } from '../../../kernel/recorder.ts';
import type { UndoItemState } from '../../../kernel/undo.ts';
import type { UndoItemsTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';

/** A change of an undo as stored. */
export type ItemRow = Readonly<UndoItemsTable>;

/** Writes what was found of a page of changes that nobody had looked at. */
export async function writeLooked(tx: Tx, items: readonly ItemRow[]): Promise<void> {
  if (items.length === 0) return;
  await kyselyOf(tx)
    .insertInto('undo_items')
    .values([...items])
    .onConflict((conflict) =>
      conflict
        .columns(['undo', 'n'])
        .doUpdateSet((eb) => ({
          state: eb.ref('excluded.state'),
          target: eb.ref('excluded.target'),
          leaves: eb.ref('excluded.leaves'),
          expects: eb.ref('excluded.expects'),
          expects_sealed: eb.ref('excluded.expects_sealed'),
          code: eb.ref('excluded.code'),
          says: eb.ref('excluded.says'),
        }))
        .where('undo_items.state', '=', 'waiting'),
    )
    .execute();
}

/** Where a change stands for a move to count. */
export interface ItemFrom {
  readonly undo: string;
  readonly n: number;
  readonly states: readonly UndoItemState[];
  readonly sent?: number;
}
export type ItemMove = Partial<Omit<ItemRow, 'undo' | 'n' | 'call' | 'state'>> & { readonly state: UndoItemState };

/** Moves one change on when it still stands there; gives it as it is now. */
export async function moveItem(tx: Tx, { undo, n, states, sent }: ItemFrom, to: ItemMove): Promise<ItemRow | undefined> {
  let update = kyselyOf(tx).updateTable('undo_items').set(to).where('undo', '=', undo).where('n', '=', n).where('state', 'in', states);
  if (sent !== undefined) update = update.where('sent', '=', sent);
  return await update.returningAll().executeTakeFirst();
}

const errors: ReadonlySet<UndoItemState> = new Set<UndoItemState>(['failed', 'unknown', 'barred', 'unclear']);

/** Ends one change while its undo goes on, and counts it there; undefined when it does not stand there any more. */
export async function endItem(tx: Tx, from: ItemFrom, to: ItemMove): Promise<ItemRow | undefined> {
  const moved = await moveItem(tx, from, to);
  if (!moved) return undefined;
  await kyselyOf(tx)
    .updateTable('undos')
    .set((eb) => ({ ended: eb('ended', '+', 1), errors: eb('errors', '+', errors.has(to.state) ? 1 : 0) }))
    .where('id', '=', from.undo)
    .execute();
  return moved;
}

/**
 * Ends one that is not sent now. Where it was sent before and nobody knows what came of that, it stays unknown: what is found
 * now says nothing of then. Where another undo was first, that is why it was found as it is; else another may have the change.
 */
export async function endUnsent(tx: Tx, from: ItemFrom, to: ItemMove): Promise<ItemRow | undefined> {
  const { undo, n } = from;
  const before = await kyselyOf(tx)
    .selectFrom('undo_items')
    .select(['call', 'sent', 'code'])
    .where('undo', '=', undo)
    .where('n', '=', n)
    .executeTakeFirst();
  const by = before && (await takenBy(tx, before.call));
  if (by !== undefined && by !== undo) return await endItem(tx, from, { ...to, ...takenElsewhere(by) });
  const maybe = before !== undefined && before.sent > 0 && before.code !== null && to.state !== 'same';
  const ended = await endItem(tx, from, maybe ? { ...to, state: 'unknown' } : to);
  // Of what may have been taken back nobody else tries: a person looks first.
  if (ended && ended.sent > 0 && !maybe) await settleMade(tx, ended.call, undo, false);
  return ended;
}

/**
 * Nothing more of an undo is done: what it did not take back is left, and free for others. Of what was sent, and may have been
 * taken back, that stays unknown until a person looked.
 */
export async function leaveRest(tx: Tx, undo: string, atMs: number): Promise<void> {
  const db = kyselyOf(tx);
  const rest = db.updateTable('undo_items').where('undo', '=', undo);
  const maybe = { state: 'unknown', says: leftUnknown, ended_at_ms: atMs } as const;
  await rest.set(maybe).where('state', '=', 'possible').where('sent', '>', 0).where('code', 'is not', null).execute();
  await rest.set({ state: 'left' }).where('state', 'in', ['possible', 'waiting']).execute();
  const left = db.selectFrom('undo_items').select('call').where('undo', '=', undo).where('state', '=', 'left').where('sent', '>', 0);
  await db
    .updateTable('made_changes')
    .set({ undone_by: null })
    .where('call', 'in', left)
    .where('undone_by', '=', undo)
    .where('state', '<>', 'undone')
    .execute();
}

/** What is said of one that was sent before its undo was ended. */
export const leftUnknown = 'It was sent, nobody knows what came of that, and the undo was ended';

/** Marks a made change as this undo's; false when another has it. */
export async function takeMade(tx: Tx, call: string, undo: string): Promise<boolean> {
  const taken = await kyselyOf(tx)
    .updateTable('made_changes')
    .set({ undone_by: undo })
    .where('call', '=', call)
    .where((eb) => eb.or([eb('undone_by', 'is', null), eb('undone_by', '=', undo)]))
    .returning('call')
    .executeTakeFirst();
  return taken !== undefined;
}

/** What becomes of one that another undo was first to take. */
export function takenElsewhere(by: string) {
  return { state: 'elsewhere', code: null, says: `Undo ${by} takes it back` } as const;
}

/** Who has a made change now. */
export async function takenBy(tx: Tx, call: string): Promise<string | undefined> {
  const row = await kyselyOf(tx).selectFrom('made_changes').select('undone_by').where('call', '=', call).executeTakeFirst();
  return row?.undone_by ?? undefined;
}

/** It was taken back, or it was not and another undo may. Gives what it belongs to. */
export async function settleMade(
  tx: Tx,
  call: string,
  undo: string,
  undone: boolean,
): Promise<{ readonly batch: string | null } | undefined> {
  return await kyselyOf(tx)
    .updateTable('made_changes')
    .set(undone ? { state: 'undone' } : { undone_by: null })
    .where('call', '=', call)
    .where('undone_by', '=', undo)
    .returning('batch')
    .executeTakeFirst();
}
