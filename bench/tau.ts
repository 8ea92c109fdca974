import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../packages/contract/src/json.ts';
import type { ToolDefinition } from '../packages/contract/src/upstream.ts';
import { openHouse, openServer } from './agentdojo/house.ts';
import type { BenchOptions } from './bench.ts';
import { airlineOf, stateOf, type TauCase, type TauTask } from './tau/airline.ts';
import { airlinePolicy } from './tau/policy.ts';

/** The airline's policy as checks over a read-only probe of the state: what is refused of clean writes and of violations. */
export async function tau({ say, data }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const folder = data === undefined ? undefined : join(data, 'tau');
  if (folder === undefined || !existsSync(join(folder, 'airline_policy_cases.jsonl'))) {
    say('skipped: no tau folder in --data');
    return { skipped: 'no tau folder in --data' };
  }
  const bench = JSON.parse(await readFile(join(folder, 'taubench_airline.json'), 'utf8')) as { tasks: readonly TauTask[]; policy: string };
  const lines = (await readFile(join(folder, 'airline_policy_cases.jsonl'), 'utf8')).trim().split('\n');
  const cases = lines.map((line) => JSON.parse(line) as TauCase);
  const airline = airlineOf(bench.tasks, cases);
  const writes = [...new Set(cases.map(({ tool }) => tool))];
  let state: JsonObject = {};
  const tools = ['state', ...writes].map((name) => ({ name, description: name, inputSchema: { type: 'object' } }) as ToolDefinition);
  const server = await openServer(tools, { state: () => ({ content: [], structuredContent: state }) });
  const now = /current time is (\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})/.exec(bench.policy)?.[1] ?? '2024-05-15 15:00:00';
  const house = await openHouse(airlinePolicy(server.url, now, writes), 'airline', server, tools);
  const counts = { clean: 0, clean_refused: 0, violations: 0, violations_refused: 0, others: 0, others_refused: 0 };
  const spent = new Map<string, Set<string>>();
  try {
    for (const [at, one] of cases.entries()) {
      const conversation = `${one.source} ${one.task} ${one.trial ?? ''}`;
      const used = spent.get(conversation) ?? new Set<string>();
      spent.set(conversation, used);
      state = stateOf(airline, one, used);
      const handled = await house.call(`p${at}@airline.example`, one.tool, one.args, { content: [{ type: 'text', text: 'done' }] });
      if (handled === 'not offered' || handled.kind === 'protocol_error') throw new Error(`${one.tool}: ${JSON.stringify(handled)}`);
      if (handled.kind === 'held') throw new Error(`${one.tool} is held: ${handled.ruling.says}`);
      const refused = handled.kind === 'refused';
      const kind = kindOf(one);
      counts[kind]++;
      if (refused) counts[`${kind}_refused`]++;
      if (process.env['TRAPKEY_BENCH_SHOW'] && (kind === 'violations') !== refused && kind !== 'others')
        say(
          `${kind} ${one.tool} ${one.violations.join()} ${refused ? handled.ruling.says : 'let through'} ${JSON.stringify(state['legs'])}`,
        );
      if (one.tool === 'book_reservation' && one.api_error === null)
        for (const { payment_id: id } of (one.args['payment_methods'] ?? []) as readonly JsonObject[])
          if (String(id).startsWith('certificate')) used.add(String(id));
    }
  } finally {
    await house.close();
    await server.close();
  }
  say(JSON.stringify(counts));
  return counts;
}

/** Ground truth without a violation is clean; ground truth with one is label noise of the benchmark. */
function kindOf({ source, violations, needs }: TauCase): 'clean' | 'violations' | 'others' {
  if (source === 'ground_truth') return violations.length === 0 && needs === null ? 'clean' : 'others';
  return violations.length > 0 ? 'violations' : 'others';
}
