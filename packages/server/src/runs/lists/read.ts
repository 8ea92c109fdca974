import { canaryPlugin } from '../../kernel/rehearsal.ts';
import type { RunDetail, RunLists, RunView } from '../../kernel/run-views.ts';
import { mainAgent } from '../../kernel/runs.ts';
import type { Database } from '../../storage/database.ts';
import type { AgentsTable, ClientSessionsTable, RunsTable } from '../../storage/tables.ts';
import { missing, readEpochs } from '../telemetry/sequence.ts';
import { heightOf, tierAt } from '../tiers.ts';
import { loadTrees } from '../tree/store.ts';
import { forest } from './forest.ts';

const runsMax = 1_000;

type ListDatabase = Pick<Database, 'read'>;

/** Opens the lists of runs: as counted, about a second behind. */
export function openRunLists({ database }: { readonly database: ListDatabase }): RunLists {
  return {
    async list({ person, plugin, plugins, sinceMs, outcome, tier, coverage, after, max = 100 }) {
      let query = database.read.selectFrom('runs').selectAll().where('plugin', '!=', canaryPlugin);
      if (person !== undefined) query = query.where('person', '=', person);
      if (sinceMs !== undefined) query = query.where('started_at_ms', '>=', sinceMs);
      if (plugin !== undefined) query = query.where('plugin', '=', plugin);
      if (plugins !== undefined) query = plugins.length === 0 ? query.where('id', '=', '') : query.where('plugin', 'in', plugins);
      if (tier !== undefined) query = query.where('tier', '=', heightOf(tier));
      if (outcome !== undefined) query = query.where(outcome, '>', 0);
      if (coverage !== undefined) query = query.where((eb) => eb(eb.fn.coalesce('proved', eb.lit(0)), '=', coverage === 'hook' ? 1 : 0));
      if (after !== undefined)
        query = query.where((eb) =>
          eb.or([
            eb('started_at_ms', '<', after.startedAtMs),
            eb.and([eb('started_at_ms', '=', after.startedAtMs), eb('id', '<', after.id)]),
          ]),
        );
      const rows = await query.orderBy('started_at_ms', 'desc').orderBy('id', 'desc').limit(Math.min(max, runsMax)).execute();
      return await viewsOf(database, rows);
    },
    async show(id) {
      const row = await database.read.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
      const [view] = row ? await viewsOf(database, [row]) : [];
      return row && view && (await detailOf(database, row, view));
    },
  };
}

async function viewsOf(database: ListDatabase, rows: readonly RunsTable[]): Promise<readonly RunView[]> {
  const sessions = [...new Set(rows.flatMap(({ session }) => session ?? []))];
  const [agents, told] = sessions.length === 0 ? [[], []] : await Promise.all([agentsOf(database, sessions), toldOf(database, sessions)]);
  const byKey = Map.groupBy(agents, keyOf);
  const toldByKey = new Map(told.map((one) => [keyOf(one), one]));
  return rows.map((row) => {
    const key = keyOf({ person: row.person, session: row.session ?? '' });
    return viewOf(row, byKey.get(key) ?? [], toldByKey.get(key));
  });
}

function viewOf(row: RunsTable, agents: readonly AgentsTable[], told: ClientSessionsTable | undefined): RunView {
  const sum = (column: 'micro_usd' | 'tokens' | 'requests') => agents.reduce((all, agent) => all + agent[column], 0);
  return {
    id: row.id,
    person: row.person,
    release: `${row.plugin}@${row.version}`,
    profile: row.profile ?? undefined,
    session: row.session ?? undefined,
    proved: row.proved === 1,
    startedAtMs: row.started_at_ms,
    lastAtMs: row.last_at_ms ?? row.started_at_ms,
    calls: row.calls ?? 0,
    refused: row.refused ?? 0,
    held: row.held ?? 0,
    tier: tierAt(Number(row.tier ?? 0)),
    agents: agents.filter(({ agent }) => agent !== mainAgent).length,
    spend: { microUsd: sum('micro_usd'), tokens: sum('tokens'), requests: sum('requests') },
    coverage: [
      'gateway',
      ...(row.proved === 1 || told?.hooks_at_ms != null ? (['hook'] as const) : []),
      ...(told?.telemetry_at_ms != null ? (['reported'] as const) : []),
    ],
  };
}

async function detailOf(database: ListDatabase, { person, session }: RunsTable, view: RunView): Promise<RunDetail> {
  if (session === null) return { ...view, tree: [], bypassed: 0, missing: 0 };
  const [trees, agents, [told], bypassed] = await Promise.all([
    loadTrees({ database }, person, [session]),
    agentsOf(database, [session]),
    toldOf(database, [session]),
    database.read
      .selectFrom('reported')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('person', '=', person)
      .where('session', '=', session)
      .where('state', '=', 'bypass')
      .executeTakeFirst(),
  ]);
  const spends = agents
    .filter((agent) => agent.person === person)
    .map(({ agent, micro_usd: microUsd, tokens, requests }) => [agent, { microUsd, tokens, requests }] as const);
  const tree = trees.get(session) ?? { agents: new Map() };
  return {
    ...view,
    tree: forest(tree, new Map(spends)),
    bypassed: Number(bypassed?.count ?? 0),
    missing: told?.person === person ? missing(readEpochs(told.seen)) : 0,
  };
}

function agentsOf({ read }: ListDatabase, sessions: readonly string[]): Promise<readonly AgentsTable[]> {
  return read.selectFrom('agents').selectAll().where('session', 'in', sessions).limit(50_000).execute();
}

function toldOf({ read }: ListDatabase, sessions: readonly string[]): Promise<readonly ClientSessionsTable[]> {
  return read.selectFrom('client_sessions').selectAll().where('session', 'in', sessions).execute();
}

function keyOf({ person, session }: { readonly person: string; readonly session: string }): string {
  return `${person}\n${session}`;
}
