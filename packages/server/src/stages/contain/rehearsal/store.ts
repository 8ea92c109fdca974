import { sql } from 'kysely';
import type { Tx } from '../../../kernel/recorder.ts';
import type { Database } from '../../../storage/database.ts';
import type { RehearsalPathsTable, RehearsalsTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';

export type RehearsalDatabase = Pick<Database, 'read' | 'kind'>;

const over = ['passed', 'failed'] as const;

/** What this process must add to its clock to have that of the database. One host's store has its clock. */
export async function clockOffsetMs({ read, kind }: RehearsalDatabase, clock: () => number): Promise<number> {
  if (kind === 'sqlite') return 0;
  let best = { tookMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let time = 0; time < 3; time++) {
    const before = clock();
    const { rows } = await sql<{ ms: number }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms`.execute(read);
    const after = clock();
    if (after - before < best.tookMs) best = { tookMs: after - before, offsetMs: Math.round(Number(rows[0]?.ms) - (before + after) / 2) };
  }
  return best.offsetMs;
}

/** The one under way, if there is one. */
export async function underWay({ read }: RehearsalDatabase): Promise<RehearsalsTable | undefined> {
  return await read
    .selectFrom('rehearsals')
    .selectAll()
    .where('state', 'not in', [...over])
    .orderBy('started_at_ms', 'desc')
    .executeTakeFirst();
}

/** When the last began; where there was none, when the first policy was published. */
export async function lastAtMs({ read }: RehearsalDatabase): Promise<number | undefined> {
  const last = await read.selectFrom('rehearsals').select('started_at_ms').orderBy('started_at_ms', 'desc').executeTakeFirst();
  if (last) return last.started_at_ms;
  return (await read.selectFrom('policies').select('created_at_ms').orderBy('created_at_ms').executeTakeFirst())?.created_at_ms;
}

/** False where one is under way; one that nobody finished is closed as failed. */
export async function insertRehearsal(
  tx: Tx,
  row: { readonly id: string; readonly by: string; readonly atMs: number },
  staleMs: number,
): Promise<boolean> {
  const db = kyselyOf(tx);
  await db
    .updateTable('rehearsals')
    .set({ state: 'failed', says: 'Nobody finished it.', finished_at_ms: row.atMs })
    .where('state', 'not in', [...over])
    .where('started_at_ms', '<', row.atMs - staleMs)
    .execute();
  if (
    await db
      .selectFrom('rehearsals')
      .select('id')
      .where('state', 'not in', [...over])
      .executeTakeFirst()
  )
    return false;
  const empty = { node: '', state: 'calling', says: '', stopped_at_ms: null, released_at_ms: null, finished_at_ms: null } as const;
  await db
    .insertInto('rehearsals')
    .values({ id: row.id, by: row.by, started_at_ms: row.atMs, ...empty })
    .execute();
  return true;
}

/** True for the one node that leads it. */
export async function claimLead(tx: Tx, id: string, node: string): Promise<boolean> {
  const update = kyselyOf(tx)
    .updateTable('rehearsals')
    .set({ node })
    .where('id', '=', id)
    .where('node', '=', '')
    .where('state', '=', 'calling');
  return (await update.returning('id').executeTakeFirst()) !== undefined;
}

export async function updateRehearsal(tx: Tx, id: string, set: Partial<RehearsalsTable>): Promise<void> {
  await kyselyOf(tx).updateTable('rehearsals').set(set).where('id', '=', id).execute();
}

export async function insertPaths(tx: Tx, rows: readonly RehearsalPathsTable[]): Promise<void> {
  await kyselyOf(tx)
    .insertInto('rehearsal_paths')
    .values([...rows])
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function updatePath(
  tx: Tx,
  at: Pick<RehearsalPathsTable, 'rehearsal' | 'node' | 'path'>,
  set: Partial<RehearsalPathsTable>,
): Promise<void> {
  await kyselyOf(tx)
    .updateTable('rehearsal_paths')
    .set(set)
    .where('rehearsal', '=', at.rehearsal)
    .where('node', '=', at.node)
    .where('path', '=', at.path)
    .execute();
}

export async function readRehearsal({ read }: RehearsalDatabase, id: string): Promise<RehearsalsTable | undefined> {
  return await read.selectFrom('rehearsals').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function readPaths({ read }: RehearsalDatabase, ids: readonly string[]): Promise<readonly RehearsalPathsTable[]> {
  if (ids.length === 0) return [];
  return await read
    .selectFrom('rehearsal_paths')
    .selectAll()
    .where('rehearsal', 'in', [...ids])
    .orderBy('node')
    .orderBy('path')
    .execute();
}

/** Nodes that serve now, as `host:pid`. */
export async function livingNodes({ read }: RehearsalDatabase, sinceMs: number): Promise<readonly string[]> {
  const rows = await read
    .selectFrom('nodes')
    .select(['host', 'pid'])
    .where('ended_at_ms', 'is', null)
    .where('seen_at_ms', '>', sinceMs)
    .execute();
  return rows.map(({ host, pid }) => `${host}:${pid}`);
}
