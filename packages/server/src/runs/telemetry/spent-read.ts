import type { Spend } from '../../kernel/limits.ts';
import type { Database } from '../../storage/database.ts';
import type { ModelRequestsTable, RunsTable } from '../../storage/tables.ts';

const runsMax = 10_000;

/**
 * What requests of one person cost, by session, each counted in one run: the latest of its session, or where no hook
 * joined one, the person's latest.
 */
export async function spentBy(
  database: Pick<Database, 'read'>,
  person: string,
  requests: readonly ModelRequestsTable[],
): Promise<readonly Spend[]> {
  const bySession = Map.groupBy(requests, ({ session }) => session);
  const latestFirst = database.read.selectFrom('runs').selectAll().where('person', '=', person).orderBy('started_at_ms', 'desc');
  const joined = await latestFirst
    .where('session', 'in', [...bySession.keys()])
    .limit(runsMax)
    .execute();
  const runs = Map.groupBy(joined, ({ session }) => session);
  const latest = joined.length < bySession.size ? await latestFirst.limit(1).executeTakeFirst() : undefined;
  return [...bySession].map(([session, own]) => {
    const run = latestOf(runs.get(session) ?? []);
    const counted: RunsTable | undefined = run ?? latest;
    return {
      run: counted?.id ?? '',
      proved: run !== undefined,
      person,
      release: counted ? `${counted.plugin}@${counted.version}` : '',
      profile: counted?.profile ?? undefined,
      usdMicroUnits: own.reduce((sum, { micro_usd }) => sum + micro_usd, 0),
      tokens: own.reduce((sum, { tokens }) => sum + tokens, 0),
      atMs: Math.max(...own.map(({ at_ms }) => at_ms)),
    };
  });
}

function latestOf(runs: readonly RunsTable[]): RunsTable | undefined {
  const lastAtMs = (run: RunsTable) => run.last_at_ms ?? run.started_at_ms;
  return runs.reduce<RunsTable | undefined>((latest, run) => (latest && lastAtMs(latest) >= lastAtMs(run) ? latest : run), undefined);
}
