import type { Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import type { AgentsTable, LaunchesTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { emptyTree, type Tree } from './state.ts';

/** What of the database the trees need. */
export type TreeDatabase = Pick<Database, 'read'>;

const rowsAtOnce = 500;

/** The trees of sessions of one person, by session. */
export async function loadTrees(
  from: { readonly tx: Tx } | { readonly database: TreeDatabase },
  person: string,
  sessions: readonly string[],
): Promise<Map<string, Tree>> {
  const trees = new Map(sessions.map((session) => [session, emptyTree()]));
  const db = 'tx' in from ? kyselyOf(from.tx) : from.database.read;
  const agents = await db.selectFrom('agents').selectAll().where('person', '=', person).where('session', 'in', sessions).execute();
  for (const row of agents) {
    trees.get(row.session)?.agents.set(row.agent, {
      agent: row.agent,
      type: row.type,
      model: row.model,
      hookStarted: row.hook_started === 1,
      parentHook: row.parent_hook,
      parentTold: row.parent_told === 1,
      parentTelemetry: row.parent_telemetry,
      startedAtMs: row.started_at_ms,
      endedAtMs: row.ended_at_ms,
    });
  }
  const launches = await db.selectFrom('launches').selectAll().where('person', '=', person).where('session', 'in', sessions).execute();
  for (const { session, tool_use: toolUse, parent, at_ms: atMs, state } of launches)
    trees.get(session)?.launches.set(toolUse, { toolUse, parent, atMs, state });
  return trees;
}

/** Writes what changed; what an agent spent is counted elsewhere and stays. */
export async function saveTrees(tx: Tx, person: string, trees: ReadonlyMap<string, Tree>): Promise<void> {
  const agents: AgentsTable[] = [];
  const launches: LaunchesTable[] = [];
  for (const [session, tree] of trees) {
    for (const id of tree.changed.agents) {
      const agent = tree.agents.get(id);
      if (!agent) continue;
      agents.push({
        person,
        session,
        agent: id,
        type: agent.type,
        model: agent.model,
        hook_started: agent.hookStarted ? 1 : 0,
        parent_hook: agent.parentHook,
        parent_told: agent.parentTold ? 1 : 0,
        parent_telemetry: agent.parentTelemetry,
        started_at_ms: agent.startedAtMs,
        ended_at_ms: agent.endedAtMs,
        micro_usd: 0,
        tokens: 0,
        requests: 0,
      });
    }
    for (const id of tree.changed.launches) {
      const launch = tree.launches.get(id);
      if (launch) launches.push({ person, session, tool_use: id, parent: launch.parent, at_ms: launch.atMs, state: launch.state });
    }
  }
  await upsertAgents(tx, agents);
  await upsertLaunches(tx, launches);
}

async function upsertAgents(tx: Tx, rows: readonly AgentsTable[]): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    await kyselyOf(tx)
      .insertInto('agents')
      .values(rows.slice(at, at + rowsAtOnce))
      .onConflict((conflict) =>
        conflict.columns(['person', 'session', 'agent']).doUpdateSet(({ ref }) => ({
          type: ref('excluded.type'),
          model: ref('excluded.model'),
          hook_started: ref('excluded.hook_started'),
          parent_hook: ref('excluded.parent_hook'),
          parent_told: ref('excluded.parent_told'),
          parent_telemetry: ref('excluded.parent_telemetry'),
          ended_at_ms: ref('excluded.ended_at_ms'),
        })),
      )
      .execute();
  }
}

async function upsertLaunches(tx: Tx, rows: readonly LaunchesTable[]): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    await kyselyOf(tx)
      .insertInto('launches')
      .values(rows.slice(at, at + rowsAtOnce))
      .onConflict((conflict) =>
        conflict.columns(['person', 'session', 'tool_use']).doUpdateSet(({ ref }) => ({ state: ref('excluded.state') })),
      )
      .execute();
  }
}
