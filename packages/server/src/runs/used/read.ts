import type { UsedTool } from '../../kernel/used.ts';
import type { Database } from '../../storage/database.ts';

/** What was counted of every tool of every plugin. */
export async function usedTools({ read }: Pick<Database, 'read'>): Promise<readonly UsedTool[]> {
  const rows = await read.selectFrom('used_tools').selectAll().execute();
  return rows.map(({ plugin, connector, tool, calls, first_at_ms, last_at_ms }) => ({
    ...{ plugin, connector, tool },
    ...{ calls: Number(calls), firstAtMs: Number(first_at_ms), lastAtMs: Number(last_at_ms) },
  }));
}
