import { sql } from 'kysely';
import type { Subject } from '../kernel/facts.ts';
import type { Tx } from '../kernel/recorder.ts';
import type { Database } from '../storage/database.ts';
import type { RunsTable } from '../storage/tables.ts';
import { kyselyOf } from '../storage/tx.ts';

/** What of the database the runs need. */
export type RunDatabase = Pick<Database, 'read'>;

/** Writes a run; writing it again, from another call that began it too, changes nothing. */
export async function insertRun(tx: Tx, subject: Subject, session: string | undefined): Promise<void> {
  const row: RunsTable = {
    id: subject.run.id,
    person: subject.person,
    plugin: subject.plugin.id,
    version: subject.plugin.version,
    profile: subject.profile?.id ?? null,
    session: session ?? null,
    started_at_ms: subject.run.startedAtMs,
    proved: ['joined', 'proved'].includes(subject.assurance?.['run'] ?? '') ? 1 : 0,
  };
  await kyselyOf(tx)
    .insertInto('runs')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** One run. */
export async function runById(database: RunDatabase, id: string): Promise<Readonly<RunsTable> | undefined> {
  return await database.read.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Runs whose last call, as the record was counted, was at or after a moment; the latest first. */
export async function recentRuns(database: RunDatabase, calledAfterMs: number, max: number): Promise<readonly Readonly<RunsTable>[]> {
  return await database.read
    .selectFrom('runs')
    .selectAll()
    // One whose calls were not counted yet is known by when it began.
    .where((eb) =>
      eb.or([eb('last_at_ms', '>=', calledAfterMs), eb.and([eb('last_at_ms', 'is', null), eb('started_at_ms', '>=', calledAfterMs)])]),
    )
    .orderBy(sql`coalesce(last_at_ms, started_at_ms)`, 'desc')
    .orderBy('id', 'desc')
    .limit(max)
    .execute();
}

/** Notes when runs were last heard of; never earlier than another process said. */
export async function touchRuns(tx: Tx, heard: readonly { readonly id: string; readonly lastAtMs: number }[]): Promise<void> {
  for (const { id, lastAtMs } of heard)
    await kyselyOf(tx)
      .updateTable('runs')
      .set({ last_at_ms: lastAtMs })
      .where('id', '=', id)
      .where((eb) => eb.or([eb('last_at_ms', 'is', null), eb('last_at_ms', '<', lastAtMs)]))
      .execute();
}
