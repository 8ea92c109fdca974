import type { Code, Outcome } from '@trapkey/contract/codes.ts';
import { sql } from 'kysely';
import type { ChangeState } from '../../../../kernel/batches.ts';
import type { ChangeView } from '../../../../kernel/changes.ts';
import type { StepResult, Tx } from '../../../../kernel/recorder.ts';
import type { BatchesTable } from '../../../../storage/tables.ts';
import { kyselyOf } from '../../../../storage/tx.ts';
import type { ChangeRow } from '../proposal/store.ts';
import { afterRefusal } from './refusal.ts';

type Counter = keyof Pick<BatchesTable, 'done' | 'failed' | 'conflicts' | 'refused' | 'unknown'>;
const counters: Readonly<Partial<Record<ChangeState, Counter>>> = {
  done: 'done',
  failed: 'failed',
  conflict: 'conflicts',
  refused: 'refused',
  unknown: 'unknown',
};

/** What changes with the state of a change. */
export type ChangeMove = { readonly state: ChangeState } & Partial<
  Pick<ChangeRow, 'code' | 'ran' | 'sent' | 'started_at_ms' | 'ended_at_ms'>
>;

/** Where a change stands for a move to count: of many at once, one gets the row. */
export interface ChangeFrom {
  readonly batch: string;
  readonly n: number;
  readonly state: ChangeState;
  /** How often it was sent when the move was computed. */
  readonly sent?: number;
}

/** Moves a change on, and the counters of its batch with it; undefined when it does not stand there any more. */
export async function moveChange(tx: Tx, from: ChangeFrom, to: ChangeMove): Promise<ChangeRow | undefined> {
  const db = kyselyOf(tx);
  let update = db.updateTable('batch_changes').set(to).where('batch', '=', from.batch).where('n', '=', from.n);
  update = update.where('state', '=', from.state);
  if (from.sent !== undefined) update = update.where('sent', '=', from.sent);
  const moved = await update.returningAll().executeTakeFirst();
  if (!moved) return undefined;
  const [less, more] = [counters[from.state], counters[to.state]];
  if (less !== more)
    await db
      .updateTable('batches')
      .set({ ...(less && { [less]: sql`${sql.ref(less)} - 1` }), ...(more && { [more]: sql`${sql.ref(more)} + 1` }) })
      .where('id', '=', from.batch)
      .execute();
  return moved;
}

/**
 * running → staged: it is made later. In a batch that was ended meanwhile nothing is made later; what may have been made all
 * the same (`maybe`) is for a person to look at.
 */
export async function stageAgain(
  tx: Tx,
  from: ChangeFrom,
  { maybe, sent, atMs }: { readonly maybe: boolean; readonly sent?: number; readonly atMs: number },
): Promise<ChangeRow | undefined> {
  const batch = await kyselyOf(tx).selectFrom('batches').select('state').where('id', '=', from.batch).executeTakeFirst();
  const code = maybe ? 'upstream_failed' : null;
  if (batch?.state === 'aborted') return await moveChange(tx, from, { state: maybe ? 'unknown' : 'dropped', code, ended_at_ms: atMs });
  return await moveChange(tx, from, { state: 'staged', code, ended_at_ms: null, ...(sent !== undefined && { sent }) });
}

/**
 * staged → running, in the transaction of `decided: allow`. A conflict where the batch was paused or ended, or another
 * process took it over: nothing of it begins after that was written.
 */
export async function beginChange(
  tx: Tx,
  { id, n, sent, claim }: ChangeView,
  call: { readonly id: string; readonly atMs: number },
): Promise<StepResult> {
  const db = kyselyOf(tx);
  let batch = db.selectFrom('batches').select('id').where('id', '=', id).where('state', '=', 'applying');
  if (claim !== undefined) batch = batch.where('claimed_by', '=', claim);
  if (!(await batch.executeTakeFirst())) return { ok: false, conflict: `batch ${id} is not being applied here any more` };
  const begun = { state: 'running', ran: call.id, sent: sent + 1, started_at_ms: call.atMs, ended_at_ms: null, code: null } as const;
  const moved = await moveChange(tx, { batch: id, n, state: 'staged', sent }, begun);
  return moved ? { ok: true, quiet: true } : { ok: false, conflict: `change ${n} of batch ${id} is not staged` };
}

/**
 * What a refusal makes of a change, in the transaction of `decided: deny`. One that was sent before, and of which nobody
 * knows what came, stays unknown: a refusal now says nothing of then.
 */
export async function refuseChange(tx: Tx, { id, n, sent }: ChangeView, code: Code, atMs: number): Promise<StepResult> {
  const state = afterRefusal(code);
  if (state === 'staged' || state === 'unread') return { ok: true, quiet: true };
  await endRefused(tx, { batch: id, n, state: 'staged', sent }, { state, code, atMs });
  return { ok: true, quiet: true };
}

/** staged → refused, conflict, or unknown where it was sent before; undefined when it does not stand there any more. */
export async function endRefused(
  tx: Tx,
  from: ChangeFrom,
  { state, code, atMs }: { readonly state: 'refused' | 'conflict'; readonly code: Code; readonly atMs: number },
): Promise<ChangeRow | undefined> {
  const row = await kyselyOf(tx)
    .selectFrom('batch_changes')
    .select(['sent', 'code'])
    .where('batch', '=', from.batch)
    .where('n', '=', from.n)
    .executeTakeFirst();
  const mayBeMade = row !== undefined && row.sent > 0 && row.code !== null;
  return await moveChange(tx, from, { state: mayBeMade ? 'unknown' : state, code, ended_at_ms: atMs });
}

/**
 * running → done, in the transaction of `executed`; what never left is staged again. Anything else stays running until it was
 * read back: a connector that answers an error, or nothing, may have made it. `ended_at_ms` says that it answered.
 */
export async function endSent(
  tx: Tx,
  { id, n, sent }: ChangeView,
  came: { readonly outcome: Outcome; readonly code: Code | undefined; readonly sent: boolean; readonly atMs: number },
): Promise<StepResult> {
  const at = { batch: id, n, sent: sent + 1 };
  const code = came.code ?? null;
  if (came.outcome === 'done' || came.outcome === 'withheld') {
    const done: ChangeMove = { state: 'done', code, ended_at_ms: came.atMs };
    // Others may have given up on the answer meanwhile; until it is sent again, that it was made counts.
    for (const state of ['running', 'unknown', 'staged', 'failed'] as const) if (await moveChange(tx, { ...at, state }, done)) break;
  } else if (!came.sent) {
    await stageAgain(tx, { ...at, state: 'running' }, { maybe: sent > 0, sent, atMs: came.atMs });
  } else {
    const ended = came.outcome === 'failed' ? came.atMs : null;
    await moveChange(tx, { ...at, state: 'running' }, { state: 'running', code: code ?? 'upstream_failed', ended_at_ms: ended });
  }
  return { ok: true, quiet: true };
}
