import { sql } from 'kysely';
import type { Tx } from '../../kernel/recorder.ts';
import type { UsedTool } from '../../kernel/used.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { chunks } from '../telemetry/store.ts';

/** Adds to what is counted of each tool, a statement for all of them. */
export async function addUsed(tx: Tx, used: readonly UsedTool[]): Promise<void> {
  for (const some of chunks(used)) {
    await kyselyOf(tx)
      .insertInto('used_tools')
      .values(some.map(({ firstAtMs, lastAtMs, ...rest }) => ({ ...rest, first_at_ms: firstAtMs, last_at_ms: lastAtMs })))
      .onConflict((conflict) =>
        conflict.columns(['plugin', 'connector', 'tool']).doUpdateSet(({ ref }) => ({
          calls: sql`${ref('used_tools.calls')} + ${ref('excluded.calls')}`,
          last_at_ms: later('used_tools.last_at_ms', 'excluded.last_at_ms'),
        })),
      )
      .execute();
  }
}

/** Two processes count, and neither knows which of them is later. */
function later(one: string, other: string) {
  return sql<number>`case when ${sql.ref(one)} > ${sql.ref(other)} then ${sql.ref(one)} else ${sql.ref(other)} end`;
}
