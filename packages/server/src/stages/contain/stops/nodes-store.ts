import type { Tx } from '../../../kernel/recorder.ts';
import type { StopConfirmation } from '../../../kernel/stops.ts';
import type { NodesTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';
import type { StopDatabase } from '../store.ts';

/** A node as it is written at its start. */
export type NewNode = Omit<NodesTable, 'ended_at_ms'>;

/** Of nodes that did not say that they end, those that were not seen for longer are taken for gone. */
const goneAfterMs = 60_000;

/** Makes the process known as one that serves. */
export async function insertNode(tx: Tx, node: NewNode): Promise<void> {
  await kyselyOf(tx)
    .insertInto('nodes')
    .values({ ...node, ended_at_ms: null })
    .execute();
}

/** It is still there; or with `ended`, it leaves. */
export async function markNode(tx: Tx, id: string, atMs: number, ended: boolean): Promise<void> {
  const set = { seen_at_ms: atMs, ...(ended && { ended_at_ms: atMs }) };
  await kyselyOf(tx).updateTable('nodes').set(set).where('id', '=', id).execute();
}

/** What a node applied, by stop; twice is once. Gives those that are new. */
export async function insertConfirmations(
  tx: Tx,
  node: string,
  atMs: number,
  applied: ReadonlyMap<string, number>,
): Promise<readonly string[]> {
  const values = [...applied].map(([stop, aborted]) => ({ stop, node, at_ms: atMs, aborted }));
  const rows = await kyselyOf(tx)
    .insertInto('stop_confirmations')
    .values(values)
    .onConflict((conflict) => conflict.columns(['stop', 'node']).doNothing())
    .returning('stop')
    .execute();
  return rows.map(({ stop }) => stop);
}

/** Every node that confirmed the stop, and those that serve and have not. */
export async function confirmationsOf(
  { read }: StopDatabase,
  stop: { readonly id: string; readonly atMs: number; readonly endMs: number | undefined },
  nowMs: number,
): Promise<readonly StopConfirmation[]> {
  const rows = await read
    .selectFrom('nodes')
    .leftJoin('stop_confirmations as c', (join) => join.onRef('c.node', '=', 'nodes.id').on('c.stop', '=', stop.id))
    .select(['nodes.id', 'nodes.host', 'nodes.pid', 'nodes.seen_at_ms', 'c.at_ms', 'c.aborted'])
    .where((eb) =>
      eb.or([
        eb('c.at_ms', 'is not', null),
        eb.and([
          eb('nodes.ended_at_ms', 'is', null),
          eb('nodes.seen_at_ms', '>', nowMs - goneAfterMs),
          eb('nodes.started_at_ms', '<=', stop.endMs ?? nowMs),
        ]),
      ]),
    )
    .orderBy('nodes.started_at_ms')
    .limit(200)
    .execute();
  return rows.map((row) => ({
    node: row.id,
    host: row.host,
    pid: row.pid,
    seenAtMs: row.seen_at_ms,
    confirmedAtMs: row.at_ms ?? undefined,
    afterMs: row.at_ms === null ? undefined : Math.max(0, row.at_ms - stop.atMs),
    aborted: row.aborted ?? 0,
  }));
}

/** Whether the records of a stop's scope are held. */
export async function isHeld({ read }: StopDatabase, stop: string): Promise<boolean> {
  const row = await read.selectFrom('holds').select('id').where('stop', '=', stop).where('lifted_at_ms', 'is', null).executeTakeFirst();
  return row !== undefined;
}
