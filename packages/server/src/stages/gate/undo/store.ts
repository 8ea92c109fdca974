import { type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Tx } from '../../../kernel/recorder.ts';
import type { UndoScope, UndoState } from '../../../kernel/undo.ts';
import type { Tables, UndosTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';

/** An undo as stored. */
export type UndoRow = Readonly<UndosTable>;

/** Where an undo stands for a move to count: of many at once, one gets it. */
export interface UndoFrom {
  readonly id: string;
  readonly states: readonly UndoState[];
  /** The process that must hold it. */
  readonly claim?: string;
}
export type UndoMove = Partial<Omit<UndoRow, 'id' | 'state' | 'changed'>> & { readonly state?: UndoState };

/** Moves an undo on when it still stands there; gives it as it is now. */
export async function moveUndo(tx: Tx, { id, states, claim }: UndoFrom, to: UndoMove): Promise<UndoRow | undefined> {
  let update = kyselyOf(tx)
    .updateTable('undos')
    .set((eb) => ({ ...to, changed: eb('changed', '+', 1) }))
    .where('id', '=', id)
    .where('state', 'in', states);
  if (claim !== undefined) update = update.where('claimed_by', '=', claim);
  return await update.returningAll().executeTakeFirst();
}

/** The undo as it is in the record's transaction. */
export async function undoById(tx: Tx, id: string): Promise<UndoRow | undefined> {
  return await kyselyOf(tx).selectFrom('undos').selectAll().where('id', '=', id).executeTakeFirst();
}

/** States in which an undo goes on by itself. */
export const goingStates = ['looking', 'undoing'] as const satisfies readonly UndoState[];

/** It goes on, or somebody paused or ended it while a change was on its way: that one is still read back. */
export function hasWork(eb: ExpressionBuilder<Tables, 'undos'>) {
  const running = eb
    .selectFrom('undo_items')
    .select('n')
    .whereRef('undo_items.undo', '=', 'undos.id')
    .where('undo_items.state', '=', 'running');
  return eb.or([eb('undos.state', 'in', goingStates), eb.and([eb('undos.state', 'in', ['paused', 'aborted']), eb.exists(running)])]);
}

/** Takes the lease on an undo that has work, or renews it: of many processes, one has it. */
export async function claimUndo(
  tx: Tx,
  { id, claim, nowMs, leaseMs }: { readonly id: string; readonly claim: string; readonly nowMs: number; readonly leaseMs: number },
): Promise<UndoRow | undefined> {
  return await kyselyOf(tx)
    .updateTable('undos')
    .set({ claimed_by: claim, claimed_at_ms: nowMs })
    .where('id', '=', id)
    .where(hasWork)
    .where((eb) => eb.or([eb('claimed_by', 'is', null), eb('claimed_by', '=', claim), eb('claimed_at_ms', '<=', nowMs - leaseMs)]))
    .returningAll()
    .executeTakeFirst();
}

/** Writes the undo and every change that belongs to it, the newest first; gives how many. What is done later is not part of it. */
export async function insertUndo(tx: Tx, row: UndoRow, max: number): Promise<number> {
  const db = kyselyOf(tx);
  await db.insertInto('undos').values(row).execute();
  await sql`insert into undo_items (undo, n, call, connector, tool, state, sent)
    select cast(${row.id} as text), row_number() over (order by at_ms desc, n desc, call desc), call, connector, tool, 'waiting', 0
    from made_changes where ${belongs(row)} and state <> 'failed' and not ${sentAgain} order by at_ms desc, n desc, call desc limit ${max}`.execute(
    db,
  );
  const { items } = await db
    .selectFrom('undo_items')
    .select((eb) => eb.fn.countAll<number>().as('items'))
    .where('undo', '=', row.id)
    .executeTakeFirstOrThrow();
  await db
    .updateTable('undos')
    .set({ items: Number(items) })
    .where('id', '=', row.id)
    .execute();
  return Number(items);
}

/** An attempt at a change of a batch that was sent again since: the last one stands for the change. */
const sentAgain = sql<SqlBool>`exists (select 1 from batch_changes as again
  where again.batch = made_changes.batch and again.n = made_changes.n and again.ran <> made_changes.call)`;

/** A change is named by the call that made it, or by the one that was staged; a run has the batches that came of it. */
function belongs({ kind, scope, since_ms, plugin, version }: Pick<UndoRow, 'kind' | 'scope' | 'since_ms' | 'plugin' | 'version'>) {
  switch (kind as UndoScope['kind']) {
    case 'call':
      return sql<SqlBool>`call in (${scope}, (select ran from batch_changes where call = ${scope}))`;
    case 'batch':
      return sql<SqlBool>`batch = ${scope}`;
    case 'run':
      return sql<SqlBool>`(run = ${scope} or batch in (select id from batches where run = ${scope}))`;
    // What an undo did through the release is nothing that the release did.
    case 'release':
      return sql<SqlBool>`plugin = ${plugin} and version = ${version} and at_ms >= ${since_ms} and (batch is null or batch not like 'U-%')`;
  }
}

/** No process can hold one any more: leases that a process before left are over. */
export async function endUndoLeases(tx: Tx): Promise<void> {
  await kyselyOf(tx).updateTable('undos').set({ claimed_by: null, claimed_at_ms: null }).where('claimed_by', 'is not', null).execute();
}
