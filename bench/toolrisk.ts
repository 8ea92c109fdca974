import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../packages/contract/src/json.ts';
import { classify } from '../packages/server/src/inventory/classify/classify.ts';
import type { BenchOptions } from './bench.ts';
import { short } from './quantiles.ts';

interface Labelled {
  readonly server: string;
  readonly tool: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly params: JsonObject | null;
  readonly readOnlyHint: boolean | null;
  readonly destructiveHint: boolean | null;
}

/** Vendors that mark destruction with care; the others mark every write, or none. */
const scored = new Set(['github', 'kubernetes', 'n8n', 'cloudflare', 'grafana', 'filesystem', 'firebase']);

/**
 * Proposed classifications against what vendors say. Nothing is fitted to the labels, so every server is one left out;
 * the classifier sees neither annotations (they are the labels) nor the bundled catalog.
 */
export async function toolrisk({ say, data }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  if (data === undefined) {
    say('skipped: no --data');
    return { skipped: 'no --data' };
  }
  const rows = (await readFile(join(data, 'toolrisk', 'tools.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Labelled);
  const judged = rows.map((row) => {
    const { effect, destructive } = classify({
      name: row.tool,
      ...(row.description !== null && { description: row.description }),
      ...(row.params !== null && { inputSchema: row.params }),
    });
    return { row, effect, destructive };
  });
  const right = judged.filter(({ row, effect }) => (row.readOnlyHint === true) === (effect.value === 'read'));
  const asRead = judged.filter(({ row, effect }) => row.readOnlyHint !== true && effect.value === 'read');
  const certain = asRead.filter(({ effect }) => effect.confidence === 'high');
  const carefully = judged.filter(({ row }) => scored.has(row.server));
  const destructive = carefully.filter(({ row }) => row.destructiveHint === true);
  const harmless = carefully.filter(({ row }) => row.destructiveHint !== true);
  const found = destructive.filter((one) => one.destructive.value);
  const alarms = harmless.filter((one) => one.destructive.value);
  const share = (part: number, whole: number) => short(whole === 0 ? 0 : part / whole);
  const perServer = Object.fromEntries(
    [...Map.groupBy(judged, ({ row }) => row.server)].map(([server, of]) => [
      server,
      share(of.filter(({ row, effect }) => (row.readOnlyHint === true) === (effect.value === 'read')).length, of.length),
    ]),
  );
  const figures = {
    tools: rows.length,
    read_vs_change_accuracy: share(right.length, rows.length),
    destructive_recall: share(found.length, destructive.length),
    destructive_false_alarms: share(alarms.length, harmless.length),
    change_proposed_as_read: certain.length,
    change_proposed_as_read_with_any_confidence: asRead.length,
    per_server: perServer,
  };
  say(JSON.stringify(figures, null, 2));
  if (process.env['TRAPKEY_BENCH_SHOW']) {
    for (const { row, effect } of judged)
      if ((row.readOnlyHint === true) !== (effect.value === 'read'))
        say(
          `${row.readOnlyHint ? 'R' : 'C'} ${effect.value}/${effect.confidence} ${row.server} ${row.tool} — ${effect.because} | ${row.description?.slice(0, 140).replaceAll('\n', ' ')}`,
        );
    for (const one of [...destructive.filter((x) => !x.destructive.value), ...alarms])
      say(
        `${one.row.destructiveHint === true ? 'MISSED' : 'alarm '} ${one.row.destructiveHint} ${one.effect.value} ${one.row.server} ${one.row.tool} — ${one.destructive.because}`,
      );
  }
  return figures;
}
