import { decide as decideCall } from '../packages/server/src/pipeline/decide.ts';
import type { AnyStage } from '../packages/server/src/pipeline/ordered.ts';
import type { BenchOptions } from './bench.ts';
import { benchCall, openHouse } from './house.ts';
import { quantile, short } from './quantiles.ts';

const size = { tools: 200, rulesPerTool: 5 } as const;

/** Decide alone: the whole list of stages over a policy of 1,000 CEL rules, without record, sockets or upstream. */
export async function decide({ say, data, quick }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const house = await openHouse(size, data);
  try {
    const { frame } = house;
    const calls = Array.from({ length: 2_000 }, (_, at) => benchCall(at));
    const decideOne = (stages: readonly AnyStage[], at: number): void => {
      const call = calls[at % calls.length] as (typeof calls)[number];
      const { end } = decideCall(stages, call, { ...frame.moment(), atMs: call.atMs, probes: new Map() });
      if (!('released' in end)) throw new Error(`the bench's call was not allowed: ${JSON.stringify(end)}`);
    };
    for (let at = 0; at < 20_000; at++) decideOne(frame.stages, at);
    const samples = new Float64Array(quick ? 50_000 : 200_000);
    for (let at = 0; at < samples.length; at++) {
      const began = performance.now();
      decideOne(frame.stages, at);
      samples[at] = (performance.now() - began) * 1_000;
    }
    const stages = perStage(frame.stages, decideOne, samples.length / 2);
    const figures = {
      rules: size.tools * size.rulesPerTool,
      tools: size.tools,
      p50_us: short(quantile(samples, 0.5)),
      p99_us: short(quantile(samples, 0.99)),
      stages_us: stages,
    };
    say(`${figures.rules} rules, ${figures.tools} tools: p50 ${figures.p50_us} µs, p99 ${figures.p99_us} µs`);
    for (const [name, us] of Object.entries(stages)) say(`  ${name.padEnd(18)} ${us} µs`);
    return figures;
  } finally {
    await house.close();
  }
}

/** Mean time of each stage; `check` stands twice, before and after `tier`. */
function perStage(
  stages: readonly AnyStage[],
  decideOne: (stages: readonly AnyStage[], at: number) => void,
  calls: number,
): Readonly<Record<string, number>> {
  const spent = new Map<string, number>();
  const timed = stages.map((stage): AnyStage => {
    const name = stage.name === 'check' ? `check, gives ${stage.gives}` : stage.name;
    const run: AnyStage['run'] = (facts, moment) => {
      const began = performance.now();
      const said = stage.run(facts, moment);
      spent.set(name, (spent.get(name) ?? 0) + performance.now() - began);
      return said;
    };
    return { ...stage, run };
  });
  for (let at = 0; at < calls; at++) decideOne(timed, at);
  return Object.fromEntries([...spent].map(([name, ms]) => [name, short((ms * 1_000) / calls)]));
}
