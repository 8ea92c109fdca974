import type { Database } from '../../../storage/database.ts';

/** A batch that is not made yet, and whose it is. */
export interface BatchRef {
  readonly id: string;
  readonly run: string;
}

/** A staged change as it is stored. */
interface StagedRow {
  readonly n: number;
  readonly connector: string;
  readonly tool: string;
  readonly arguments: string;
}

/** What is asked of the database to show answers through what is staged. */
export interface PendingStore {
  unmade(): Promise<readonly BatchRef[]>;
  stagedAfter(batch: string, n: number, max: number): Promise<readonly StagedRow[]>;
}

/** States in which every change of a batch is still to be made. */
const unmadeStates = ['open', 'proposed', 'ready'];
const batchesMax = 10_000;

/** The batches of one database. */
export function pendingStore({ read }: Pick<Database, 'read'>): PendingStore {
  return {
    async unmade() {
      const rows = await read
        .selectFrom('batches')
        .select(['id', 'run_key'])
        .where('state', 'in', unmadeStates)
        .orderBy('created_at_ms', 'desc')
        .limit(batchesMax)
        .execute();
      // One that was full has its own id behind its key.
      return rows.map(({ id, run_key }) => ({ id, run: run_key.slice(0, run_key.lastIndexOf(']') + 1) }));
    },
    stagedAfter: async (batch, n, max) =>
      await read
        .selectFrom('batch_changes')
        .select(['n', 'connector', 'tool', 'arguments'])
        .where('batch', '=', batch)
        .where('state', '=', 'staged')
        .where('n', '>', n)
        .orderBy('n')
        .limit(max)
        .execute(),
  };
}
