import type { Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import type { ModelRequestsTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';

/** Requests to models that budgets have not counted yet, the oldest first. */
export async function uncounted({ read }: Pick<Database, 'read'>, max: number): Promise<readonly ModelRequestsTable[]> {
  return await read.selectFrom('model_requests').selectAll().where('counted', '=', 0).orderBy('at_ms').limit(max).execute();
}

/** Marks them as counted; false when another process was first with any. */
export async function claimUncounted(tx: Tx, rows: readonly ModelRequestsTable[]): Promise<boolean> {
  const sessions = [...Map.groupBy(rows, ({ person, session }) => `${person}\n${session}`).values()];
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('model_requests')
    .set({ counted: 1 })
    .where('counted', '=', 0)
    .where(({ eb, or, and }) =>
      or(
        sessions.map((own) =>
          and([
            eb('person', '=', own[0]?.person ?? ''),
            eb('session', '=', own[0]?.session ?? ''),
            eb(
              'request',
              'in',
              own.map(({ request }) => request),
            ),
          ]),
        ),
      ),
    )
    .executeTakeFirst();
  return Number(numUpdatedRows) === rows.length;
}
