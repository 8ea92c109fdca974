import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { openSqlConnector } from '../connectors/sql/src/connector.ts';
import type { Upstream, UpstreamReply } from '../packages/contract/src/upstream.ts';
import { startPostgres } from '../test/support/postgres.ts';
import type { BenchOptions } from './bench.ts';
import { quantile, short } from './quantiles.ts';

interface Statement {
  readonly id: string;
  readonly technique: string;
  readonly sql: string;
  readonly expect: string;
  readonly pg_as_agent?: string;
}

const planted = ['SECRET-', 'SECRETMAIL', '777777'];
const bounds = {
  access: 'read-only',
  tables: ['customers', 'orders', 'v_customers'],
  deniedColumns: ['email', 'ssn', 'card_number', 'balance'],
  rowLimit: 10_000,
} as const;
const limits = { callTimeoutMs: 5_000, startTimeoutMs: 10_000, resultBytesMax: 16 * 1024 * 1024, concurrentMax: 10 };

/** Ours, so that the cost is measured whatever a shared half holds. */
const usual = [
  "select id, name, region from customers where region = 'EU' order by name",
  'select c.name, sum(o.amount) from customers c join orders o on o.customer_id = c.id group by c.name',
  'select * from orders where amount > 1 limit 10',
  'with t as (select region, count(*) n from customers group by region) select * from t where n > 0',
];

/** Statements of others against the connector, with every wall in place; what PostgreSQL itself says beside it. */
export async function sql({ say, data, quick }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  if (data === undefined) {
    say('skipped: no --data');
    return { skipped: 'no --data' };
  }
  const statements = (await readFile(join(data, 'sql', 'adversarial.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Statement);
  const postgres = await startPostgres();
  const owner = new pg.Client({ connectionString: postgres.url });
  await owner.connect();
  await owner.query(await readFile(join(data, 'sql', 'setup.sql'), 'utf8'));
  await owner.query('alter role agent login');
  await owner.end();
  const url = new URL(postgres.url);
  url.username = 'agent';
  const address = { kind: 'postgres', url: url.href, tables: bounds.tables } as const;
  const connector = openSqlConnector();
  const upstream = connector.open(address, limits, { sampling: false, clientName: 'bench', clientVersion: '1' });
  try {
    await upstream.definitions(AbortSignal.timeout(10_000));
    const judge = (text: string) => connector.judge?.(address, { tool: 'query', args: { sql: text }, bounds });
    const figures = await outcomes(upstream, judge, statements, say);
    const added = await cost(upstream, judge, address.url, quick ? 50 : 400);
    say(
      `sql: ${figures.statements} statements: ${figures.leaks} leaks, ${figures.should_refuse_allowed} allowed that should not be, ${figures.benign_refused} of ${figures.benign} benign refused; ${added.added_p50_ms} ms added (p50)`,
    );
    return { ...figures, ...added };
  } finally {
    await upstream.close();
    await postgres.stop();
  }
}

type Judge = (sql: string) => ReturnType<NonNullable<ReturnType<typeof openSqlConnector>['judge']>>;

async function outcomes(upstream: Upstream, judge: Judge, statements: readonly Statement[], say: (line: string) => void) {
  const found = { leaks: 0, should_refuse_allowed: 0, benign_refused: 0, judged_before: 0 };
  for (const one of statements) {
    const judged = judge(one.sql);
    if (judged && 'refusal' in judged) found.judged_before++;
    const reply = await ask(upstream, one.sql);
    const allowed = reply.kind === 'result' && reply.result['isError'] !== true;
    const text = JSON.stringify(reply);
    if (planted.some((literal) => text.includes(literal) && !one.sql.includes(literal))) {
      found.leaks++;
      say(`  leaks: ${one.id} ${one.technique}`);
    }
    if (one.expect === 'deny' && allowed) {
      found.should_refuse_allowed++;
      say(`  allowed: ${one.id} ${one.technique}`);
    }
    if (one.expect === 'allow' && !allowed) {
      found.benign_refused++;
      say(`  refused: ${one.id} ${one.technique}: ${text.slice(0, 200)}`);
    }
  }
  const benign = statements.filter(({ expect }) => expect === 'allow').length;
  const postgresRefuses = statements.filter((one) => one.expect === 'deny' && one.pg_as_agent === 'denied').length;
  return { statements: statements.length, benign, postgres_refuses: postgresRefuses, ...found };
}

async function ask(upstream: Upstream, text: string): Promise<UpstreamReply> {
  const request = { method: 'tools/call', params: { name: 'query', arguments: { sql: text } }, clientCapabilities: {}, bounds } as const;
  return await upstream.request(request, { signal: AbortSignal.timeout(10_000) });
}

/** Each statement through the connector and straight to the database in turn: the difference of the medians. */
async function cost(upstream: Upstream, judge: Judge, url: string, rounds: number) {
  const direct = new pg.Client({ connectionString: url });
  await direct.connect();
  const times = { direct: [] as number[], through: [] as number[], judging: [] as number[] };
  const timed = async (to: number[], work: () => unknown): Promise<void> => {
    const began = performance.now();
    await work();
    to.push(performance.now() - began);
  };
  for (let round = 0; round < rounds; round++)
    for (const text of usual) {
      await timed(times.direct, () => direct.query(text));
      await timed(times.judging, () => judge(text));
      await timed(times.through, () => ask(upstream, text));
    }
  await direct.end();
  const half = (of: readonly number[]): number =>
    quantile(
      [...of].sort((a, b) => a - b),
      0.5,
    );
  const judging = half(times.judging);
  return {
    added_p50_ms: short(half(times.through) + judging - half(times.direct)),
    direct_p50_ms: short(half(times.direct)),
    judge_p50_ms: short(judging),
  };
}
