import type { Workflow } from '../../../kernel/autonomy.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import type { Database } from '../../../storage/database.ts';
import type { AutonomyTable, WorkflowMarksTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';

/** What of the database levels need. */
export type AutonomyDatabase = Pick<Database, 'read'>;

/** One change of a workflow's cap. */
export type CapRow = Readonly<AutonomyTable>;

/** What one audited batch or one undo says. */
export type MarkRow = Readonly<WorkflowMarksTable>;

/** Where caps and marks are kept. Both only grow; the newest cap of a workflow holds. */
export interface AutonomyStore {
  /** The newest of each workflow. */
  newest(max: number): Promise<readonly CapRow[]>;
  /** All of them, oldest first: for a replay. */
  all(max: number): Promise<readonly CapRow[]>;
  of(tx: Tx, workflow: Workflow): Promise<CapRow | undefined>;
  lowered(tx: Tx, workflow: Workflow, cause: string): Promise<boolean>;
  write(tx: Tx, row: CapRow): Promise<void>;
  /** The same cause again replaces what it said before; it counts from when it was told first. */
  mark(tx: Tx, row: MarkRow): Promise<void>;
  /** Counts what was undone of an audited batch; false where it was not audited. */
  markUndone(tx: Tx, workflow: Workflow, cause: string, changes: number): Promise<boolean>;
}

/** The levels of one database. */
export function autonomyStore({ read }: AutonomyDatabase): AutonomyStore {
  return {
    newest: (max) =>
      read
        .selectFrom('autonomy as one')
        .selectAll()
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('autonomy as later')
                .select('later.id')
                .whereRef('later.plugin', '=', 'one.plugin')
                .whereRef('later.connector', '=', 'one.connector')
                .whereRef('later.tool', '=', 'one.tool')
                .whereRef('later.since_ms', '>', 'one.since_ms'),
            ),
          ),
        )
        .orderBy('one.since_ms', 'desc')
        .limit(max)
        .execute(),
    all: (max) => read.selectFrom('autonomy').selectAll().orderBy('since_ms').limit(max).execute(),
    of: (tx, { plugin, connector, tool }) =>
      kyselyOf(tx)
        .selectFrom('autonomy')
        .selectAll()
        .where('plugin', '=', plugin)
        .where('connector', '=', connector)
        .where('tool', '=', tool)
        .orderBy('since_ms', 'desc')
        .limit(1)
        .executeTakeFirst(),
    async lowered(tx, { plugin, connector, tool }, cause) {
      const found = await kyselyOf(tx)
        .selectFrom('autonomy')
        .select('id')
        .where('plugin', '=', plugin)
        .where('connector', '=', connector)
        .where('tool', '=', tool)
        .where('cause', '=', cause)
        .executeTakeFirst();
      return found !== undefined;
    },
    async write(tx, row) {
      await kyselyOf(tx).insertInto('autonomy').values(row).execute();
    },
    async mark(tx, row) {
      const { batch, attempt, size, sampled, wrong } = row;
      await kyselyOf(tx)
        .insertInto('workflow_marks')
        .values(row)
        .onConflict((on) => on.columns(['plugin', 'connector', 'tool', 'cause']).doUpdateSet({ batch, attempt, size, sampled, wrong }))
        .execute();
    },
    async markUndone(tx, { plugin, connector, tool }, cause, changes) {
      const { numUpdatedRows } = await kyselyOf(tx)
        .updateTable('workflow_marks')
        .set(({ eb }) => ({ undone: eb('undone', '+', changes) }))
        .where('plugin', '=', plugin)
        .where('connector', '=', connector)
        .where('tool', '=', tool)
        .where('cause', '=', cause)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}
