import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json, JsonObject } from '../packages/contract/src/json.ts';
import { lintDefinition } from '../packages/server/src/inventory/lint/lint.ts';
import type { BenchOptions } from './bench.ts';
import { short } from './quantiles.ts';

const linesOf = async (file: string): Promise<readonly JsonObject[]> =>
  (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);

/** The linter over poisoned and benign definitions, and over the labelled tools of 14 servers, which are all benign. */
export async function poison({ say, data }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  if (data === undefined) {
    say('skipped: no --data');
    return { skipped: 'no --data' };
  }
  const rows = await linesOf(join(data, 'poison', 'definitions.jsonl'));
  const poisoned = rows.filter((row) => row['label'] === 'poisoned' || row['poisoned'] === true).map(definitionOf);
  const benign = rows.filter((row) => row['label'] !== 'poisoned' && row['poisoned'] !== true).map(definitionOf);
  const tools = (await linesOf(join(data, 'toolrisk', 'tools.jsonl'))).map((row) => ({
    name: row['tool'] as Json,
    title: row['title'] as Json,
    description: row['description'] as Json,
    inputSchema: row['params'] as Json,
  }));
  const flagged = (definition: JsonObject) => lintDefinition(definition).length > 0;
  const found = poisoned.filter(flagged);
  const alarms = [...benign, ...tools].filter(flagged);
  const figures = {
    poisoned: poisoned.length,
    benign: benign.length + tools.length,
    recall: short(found.length / poisoned.length),
    false_alarms: short(alarms.length / (benign.length + tools.length)),
    false_alarms_of_benign: short(benign.filter(flagged).length / benign.length),
  };
  say(JSON.stringify(figures));
  if (process.env['TRAPKEY_BENCH_SHOW']) {
    for (const one of poisoned.filter((row) => !flagged(row))) say(`MISSED ${JSON.stringify(one).slice(0, 300)}`);
    for (const one of alarms) for (const { rule, excerpt } of lintDefinition(one)) say(`alarm  ${rule} ${String(one['name'])}: ${excerpt}`);
  }
  return figures;
}

/** Both collections write a definition in their own way. */
function definitionOf(row: JsonObject): JsonObject {
  if (row['tool'] !== undefined) return row['tool'] as JsonObject;
  return { name: row['name'] as Json, description: row['description'] as Json };
}
