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

/** Runs that began at or after a moment, newest first. */
export async function recentRuns(database: RunDatabase, startedAfterMs: number, max: number): Promise<readonly Readonly<RunsTable>[]> {
  return await database.read
    .selectFrom('runs')
    .selectAll()
    .where('started_at_ms', '>=', startedAfterMs)
    .orderBy('started_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(max)
    .execute();
}
