import type { Rehearsal, RehearsedPath } from '../../../kernel/rehearsal.ts';
import type { RehearsalPathsTable, RehearsalsTable } from '../../../storage/tables.ts';
import { type RehearsalDatabase, readPaths } from './store.ts';

/** Newest first. */
export async function listRehearsals(database: RehearsalDatabase, max: number): Promise<readonly Rehearsal[]> {
  const rows = await database.read.selectFrom('rehearsals').selectAll().orderBy('started_at_ms', 'desc').limit(max).execute();
  const paths = await readPaths(
    database,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    id: row.id,
    by: row.by,
    state: row.state,
    says: row.says,
    startedAtMs: row.started_at_ms,
    finishedAtMs: row.finished_at_ms ?? undefined,
    paths: paths.filter(({ rehearsal }) => rehearsal === row.id).map((path) => measured(row, path)),
  }));
}

function measured(row: RehearsalsTable, path: RehearsalPathsTable): RehearsedPath {
  const after = (from: number | null, to: number | null) => (from === null || to === null ? undefined : Math.max(to - from, 0));
  return {
    node: path.node,
    path: path.path,
    state: path.state,
    refusedAfterMs: after(row.stopped_at_ms, path.refused_at_ms),
    abortedAfterMs: after(row.stopped_at_ms, path.aborted_at_ms),
    backAfterMs: after(row.released_at_ms, path.back_at_ms),
    says: path.says,
  };
}
