import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finderFor } from '../packages/server/src/effects/screen/detect/find.ts';
import type { BenchOptions } from './bench.ts';
import { short } from './quantiles.ts';

interface Row {
  readonly entities: readonly string[];
  readonly text: string;
  readonly expect: boolean;
  readonly count: number | null;
  /** One place may stand without a list around it. */
  readonly positions: readonly (readonly [number, number])[] | readonly [number, number] | null;
}

interface Score {
  yes: number;
  found: number;
  no: number;
  alarms: number;
}

/** Detectors as policy names them, one by one, over texts with expected places; and what looking costs in ordinary text. */
export async function pii({ say, data }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const cost = costs(say);
  if (data === undefined) {
    say('skipped: no --data');
    return { skipped: 'no --data', cost };
  }
  const rows = (await readFile(join(data, 'dlp', 'pii.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  const scores = new Map<string, Score>();
  for (const row of rows) for (const entity of row.entities) judge(scores, entity, row, say);
  const share = (part: number, all: number) => (all === 0 ? null : short(part / all));
  const entities = Object.fromEntries(
    [...scores].map(([name, { yes, found, no, alarms }]) => [name, { recall: share(found, yes), false_alarms: share(alarms, no) }]),
  );
  const sum = (pick: (score: Score) => number) => [...scores.values()].reduce((all, score) => all + pick(score), 0);
  const total = {
    recall: share(
      sum((s) => s.found),
      sum((s) => s.yes),
    ),
    false_alarms: share(
      sum((s) => s.alarms),
      sum((s) => s.no),
    ),
  };
  for (const [name, figures] of Object.entries(entities)) say(`${name} ${JSON.stringify(figures)}`);
  say(`all ${JSON.stringify(total)}`);
  return { entities, all: total, cost };
}

/** Found: each expected place is met by a hit, or, where no place is said, there are as many hits as expected. */
function judge(scores: Map<string, Score>, entity: string, row: Row, say: (line: string) => void): void {
  const score = scores.get(entity) ?? { yes: 0, found: 0, no: 0, alarms: 0 };
  scores.set(entity, score);
  const hits = finderFor([entity.toLowerCase()])?.find(row.text) ?? [];
  const show = (word: string) =>
    process.env['TRAPKEY_BENCH_SHOW'] && say(`${word} ${entity} ${JSON.stringify(row.text)} ${JSON.stringify(hits)}`);
  if (!row.expect) {
    score.no++;
    if (hits.length > 0) {
      score.alarms++;
      show('alarm ');
    }
    return;
  }
  score.yes++;
  const places = placesOf(row.positions ?? []);
  const met =
    places.every(([start, end]) => hits.some((hit) => hit.start < end && start < hit.end)) &&
    hits.length >= (places.length > 0 ? 1 : (row.count ?? 1));
  if (met) score.found++;
  else show('MISSED');
}

function placesOf(written: NonNullable<Row['positions']>): readonly (readonly [number, number])[] {
  return typeof written[0] === 'number' ? [written as readonly [number, number]] : (written as readonly (readonly [number, number])[]);
}

const prose =
  'The committee met on Tuesday to go through the plan for the next two quarters, and nobody objected to the new order of work. ';
const record =
  '{"id":48211,"name":"Northwind Traders","city":"Lyon","opened":"2025-03-04","orders":118,"total":92840.55,"status":"active"},\n';

function costs(say: (line: string) => void) {
  const finder = finderFor(['pii', 'payment', 'secret']);
  const cost = (text: string) => {
    const whole = text.repeat(Math.ceil(65_536 / text.length));
    for (let n = 0; n < 20; n++) finder?.find(whole);
    const began = performance.now();
    for (let n = 0; n < 20; n++) finder?.find(whole);
    return short(((performance.now() - began) * 1000) / 20 / (whole.length / 1024));
  };
  const figures = { prose_us_per_kb: cost(prose), records_us_per_kb: cost(record) };
  say(`cost ${JSON.stringify(figures)}`);
  return figures;
}
