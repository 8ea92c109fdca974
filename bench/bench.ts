/** `npm run bench -- NAME [--data DIR] [--json]`: no NAME runs all. The last line of `--json` is one object of figures. */
import { parseArgs } from 'node:util';
import { agentdojo } from './agentdojo.ts';
import { approvals } from './approvals.ts';
import { batch } from './batch.ts';
import { console_ } from './console.ts';
import { contain } from './contain.ts';
import { decide } from './decide.ts';
import { gateway } from './gateway.ts';
import { machine } from './machine.ts';
import { pii } from './pii.ts';
import { poison } from './poison.ts';
import { record } from './record.ts';
import { sql } from './sql.ts';
import { tau } from './tau.ts';
import { toolrisk } from './toolrisk.ts';

/** What a bench gets: where to print progress, the data folder, and whether to be brief. */
export interface BenchOptions {
  readonly say: (line: string) => void;
  readonly data: string | undefined;
  readonly quick: boolean;
  /** A policy folder to run with, where a bench has one. */
  readonly policy?: string | undefined;
}

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<Readonly<Record<string, unknown>>>>> = {
  decide,
  record,
  gateway,
  approvals,
  contain,
  batch,
  console: console_,
  toolrisk,
  poison,
  agentdojo,
  tau,
  pii,
  sql,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    data: { type: 'string' },
    policy: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(benches);
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
const say = (line: string): void => (values.json ? console.error(line) : console.log(line));
const all: Record<string, unknown> = {};
for (const name of names) {
  say(`\n${name}`);
  const run = benches[name] as (options: BenchOptions) => Promise<Readonly<Record<string, unknown>>>;
  all[name] = await run({ say, data: values.data, quick: values.quick, policy: values.policy });
}
const figures = names.length === 1 ? { ...(all[names[0] as string] as object), machine: machine() } : { ...all, machine: machine() };
say(`\nmachine ${JSON.stringify(machine())}`);
if (values.json) console.log(JSON.stringify(figures));
process.exit(0);
