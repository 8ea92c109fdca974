import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type House, openHouse, openServer } from './agentdojo/house.ts';
import { generatedPolicy, ownersPolicy } from './agentdojo/policies.ts';
import { answerOf, attackOf, type Dojo, definitionsOf, type Pair, readDojo, type Suite, type UserTask } from './agentdojo/suites.ts';
import type { BenchOptions } from './bench.ts';
import { short } from './quantiles.ts';

interface SuiteFigures {
  readonly pairs: number;
  readonly security: number;
  readonly tasks: number;
  readonly utility: number;
  readonly approvals_per_task: number;
  readonly templates: Readonly<Record<string, number>>;
  readonly offered: number;
}
type Policies = Readonly<Record<string, { readonly suites: Readonly<Record<string, SuiteFigures>>; readonly all: SuiteFigures }>>;

const noTemplate = { pairs: 0, held: 0 };

/**
 * A fully hijacked agent over the suites, through the pipeline, the record and the MCP connector as they ship: the user
 * task's calls, then the injected ones, until one of those needs a person.
 */
export async function agentdojo({ say, data, quick, policy }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  if (data === undefined || !existsSync(join(data, 'agentdojo', 'suites.json'))) {
    say('skipped: no agentdojo folder in --data');
    return { skipped: 'no agentdojo folder in --data' };
  }
  const dojo = await readDojo(join(data, 'agentdojo'));
  const owners = policy ?? join(import.meta.dirname, 'agentdojo-policy');
  const trusted = await policies(dojo, { say, quick, owners, prompts: true });
  const untrusted = await policies(dojo, { say, quick: true, owners, prompts: false });
  return { policies: trusted, prompt_untrusted: { policies: untrusted } };
}

interface Playing {
  readonly say: (line: string) => void;
  readonly quick: boolean;
  readonly owners: string;
  readonly prompts: boolean;
}

async function policies(dojo: Dojo, playing: Playing): Promise<Policies> {
  const figures: Record<string, Record<string, SuiteFigures>> = { generated: {}, owner: {} };
  for (const [name, suite] of Object.entries(dojo.suites)) {
    const tools = definitionsOf(suite);
    const server = await openServer(tools);
    try {
      const files = {
        generated: generatedPolicy(name, suite, server.url, playing.prompts),
        owner: await ownersPolicy(playing.owners, name, server.url, playing.prompts),
      };
      for (const [kind, own] of Object.entries(files)) {
        if (!own) continue;
        const house = await openHouse(own, name, server, tools);
        try {
          const one = await play(dojo, name, suite, house, playing);
          (figures[kind] as Record<string, SuiteFigures>)[name] = one;
          playing.say(`${playing.prompts ? 'prompt trusted' : 'prompt untrusted'}, ${kind}, ${name}: ${JSON.stringify(one)}`);
        } finally {
          await house.close();
        }
      }
    } finally {
      await server.close();
    }
  }
  return Object.fromEntries(
    Object.entries(figures)
      .filter(([, suites]) => Object.keys(suites).length > 0)
      .map(([kind, suites]) => [kind, { suites, all: together(Object.values(suites)) }]),
  );
}

let people = 0;
const somebody = () => `p${++people}@bench.example`;

async function play(dojo: Dojo, name: string, suite: Suite, house: House, { say, quick }: Playing): Promise<SuiteFigures> {
  const shown = process.env['TRAPKEY_BENCH_SHOW'] !== undefined;
  let [approvals, without] = [0, 0];
  for (const task of suite.user_tasks) {
    const person = somebody();
    await house.prompt(person, task.prompt);
    let own = 0;
    for (const given of task.calls) {
      const handled = await house.call(person, given.tool, given.args, answerOf(suite, given, ''));
      if (handled !== 'not offered' && handled.kind === 'result') continue;
      own++;
      if (shown) say(`  needs a person: ${task.id} ${given.tool}: ${reasonOf(handled)}`);
      if (handled !== 'not offered' && handled.kind !== 'held') throw new Error(`${task.id} ${given.tool}: ${JSON.stringify(handled)}`);
    }
    approvals += own;
    if (own === 0) without++;
  }
  const templates = new Map<string, { pairs: number; held: number }>();
  const pairs = dojo.pairs.filter((pair) => pair.suite === name && pair.injected_calls.length > 0);
  const told = Object.entries(dojo.templates);
  for (const [at, [template, text]] of told.entries()) {
    const sampled = process.env['TRAPKEY_BENCH_ALL'] || (template === fully && !quick) ? 1 : 8;
    for (const [n, pair] of pairs.entries()) {
      if ((n + at) % sampled !== 0) continue;
      const held = await hijacked(suite, pair, text, house);
      const count = templates.get(template) ?? { ...noTemplate };
      templates.set(template, { pairs: count.pairs + 1, held: count.held + (held ? 1 : 0) });
      if (!held && shown) say(`  MISSED ${template} ${pair.user_task} ${pair.injection_task}`);
    }
  }
  const all = [...templates.values()].reduce(
    (sum, { pairs: more, held }) => ({ pairs: sum.pairs + more, held: sum.held + held }),
    noTemplate,
  );
  return {
    pairs: pairs.length,
    security: share(all.held, all.pairs),
    tasks: suite.user_tasks.length,
    utility: share(without, suite.user_tasks.length),
    approvals_per_task: share(approvals, suite.user_tasks.length),
    templates: Object.fromEntries([...templates].map(([template, count]) => [template, share(count.held, count.pairs)])),
    offered: house.policy.connectors.size,
  };
}

/** The strongest template meets every pair; each other one every eighth, another eighth each time. `TRAPKEY_BENCH_ALL=1`: all meet all. */
const fully = 'important_instructions';

/** Whether the injected sequence cannot complete without a person. */
async function hijacked(suite: Suite, pair: Pair, template: string, house: House): Promise<boolean> {
  const task = suite.user_tasks.find(({ id }) => id === pair.user_task) as UserTask;
  const injection = suite.injection_tasks.find(({ id }) => id === pair.injection_task);
  const attack = attackOf(template, injection?.goal ?? '', pair.injected_calls);
  const person = somebody();
  await house.prompt(person, task.prompt);
  for (const given of task.calls_marked.slice(0, pair.inject_after_call + 1))
    await house.call(person, given.tool, given.args, answerOf(suite, given, attack));
  for (const [at, { tool, args }] of pair.injected_calls.entries()) {
    const given = injection?.calls[at];
    const answer = given ? answerOf(suite, { ...given, tool }, attack) : { content: [{ type: 'text', text: 'done' }] };
    const handled = await house.call(person, tool, args, answer);
    if (handled === 'not offered' || handled.kind !== 'result') return true;
  }
  return false;
}

function reasonOf(handled: Awaited<ReturnType<House['call']>>): string {
  if (handled === 'not offered') return handled;
  return 'ruling' in handled ? `${handled.ruling.code}: ${handled.ruling.says}` : handled.kind;
}

function share(part: number, whole: number): number {
  return short(whole === 0 ? 0 : part / whole);
}

function together(suites: readonly SuiteFigures[]): SuiteFigures {
  const sum = (of: (one: SuiteFigures) => number) => suites.reduce((total, one) => total + of(one), 0);
  const [pairs, tasks] = [sum((one) => one.pairs), sum((one) => one.tasks)];
  const names = [...new Set(suites.flatMap((one) => Object.keys(one.templates)))];
  return {
    pairs,
    security: share(
      sum((one) => one.security * one.pairs),
      pairs,
    ),
    tasks,
    utility: share(
      sum((one) => one.utility * one.tasks),
      tasks,
    ),
    approvals_per_task: share(
      sum((one) => one.approvals_per_task * one.tasks),
      tasks,
    ),
    templates: Object.fromEntries(
      names.map((name) => [
        name,
        share(
          sum((one) => (one.templates[name] ?? 0) * one.pairs),
          pairs,
        ),
      ]),
    ),
    offered: sum((one) => one.offered),
  };
}
