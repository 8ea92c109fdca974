import type { Call } from '../../packages/server/src/kernel/call.ts';
import type { Facts, Moment } from '../../packages/server/src/kernel/facts.ts';
import type { LimitIndex, LimitRule } from '../../packages/server/src/kernel/limit-rules.ts';
import type { LimitReader, TripView } from '../../packages/server/src/kernel/limits.ts';
import { chargesOf } from '../../packages/server/src/stages/contain/limits/charges.ts';
import { openBreaker } from '../../packages/server/src/stages/contain/limits/open.ts';
import { openPockets } from '../../packages/server/src/stages/contain/limits/pockets.ts';
import { reserveWith } from '../../packages/server/src/stages/contain/limits/reserving.ts';
import { within } from '../../packages/server/src/stages/contain/limits/within.ts';
import type { BenchOptions } from '../bench.ts';
import { benchCall, openHouse } from '../house.ts';
import { quantile, short } from '../quantiles.ts';

const size = { tools: 200, rulesPerTool: 1 } as const;
const activeLimits = 10_000;
const openBreakers = 100;

/**
 * What limits cost a call that is let through, with 10,000 of them active and 100 breakers open elsewhere: the look at the
 * head, what the call counts for under every limit that covers it, and taking it from the blocks that this process holds.
 */
export async function check({ say, data, quick }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const house = await openHouse(size, data);
  try {
    const moment: Moment = { ...house.frame.moment(), atMs: Date.now(), probes: new Map() };
    const limited = { ...moment, policy: { ...moment.policy, limits: manyLimits() } };
    const subjects = Array.from({ length: 500 }, (_, at) => factsOf(benchCall(at), moment, at));
    const trips = new Map(
      Array.from({ length: openBreakers }, (_, at) => [`limits/plugin/other-${at}/actions|other-${at}`, {} as TripView]),
    );
    const reader: LimitReader = { open: () => trips, known: () => undefined, refusedBefore: () => undefined };
    const holder = { node: 'bench', pockets: openPockets(), clock: () => moment.atMs };
    for (const facts of subjects)
      for (const charge of chargesOf(limited.policy.limits, facts))
        holder.pockets.attach({ granted: 1e9, unused: 1e9, atMs: moment.atMs, charge });
    const once = (at: number): void => {
      const facts = subjects[at % subjects.length] as Facts;
      if (openBreaker({ call: facts.call, subject: facts.subject, reads: true }, limited, reader))
        throw new Error('a breaker is open here');
      const said = within(facts, limited, reader);
      if (!('pass' in said)) throw new Error('it was refused');
      const reservation = reserveWith(holder, said.pass.charges, new Map());
      if (reservation.steps) throw new Error('it needed the database');
      reservation.committed();
    };
    for (let at = 0; at < 20_000; at++) once(at);
    const samples = new Float64Array(quick ? 20_000 : 100_000);
    for (let at = 0; at < samples.length; at++) {
      const began = performance.now();
      once(at);
      samples[at] = (performance.now() - began) * 1_000;
    }
    const figures = { check_us: short(quantile(samples, 0.5)), check_p99_us: short(quantile(samples, 0.99)), active_limits: activeLimits };
    say(`limits: ${figures.check_us} µs a call with ${activeLimits} active (p99 ${figures.check_p99_us} µs)`);
    return figures;
  } finally {
    await house.close();
  }
}

/** 1,000 plugins with ten limits each, and the bench's own among them. */
function manyLimits(): LimitIndex {
  const measures = ['calls', 'actions', 'writes', 'people', 'records', 'rows_read', 'bytes', 'agents', 'amount', 'sends'] as const;
  const rules = (id: string): readonly LimitRule[] =>
    measures.map((measure, at) => ({
      id: `limits/plugin/${id}/${measure}`,
      measure,
      max: 1_000_000_000,
      currency: undefined,
      windowMs: 3_600_000,
      each: (['plugin', 'person', 'run', 'release'] as const)[at % 4] ?? 'plugin',
      on: { kind: 'plugin', id },
      rearmMs: undefined,
      stop: 'full',
      mode: 'enforce',
      owner: 'o@corp.example',
      text: '1000000000 per 1h',
    }));
  const ids = ['bench', ...Array.from({ length: activeLimits / measures.length - 1 }, (_, at) => `other-${at}`)];
  const none = new Map<string, never>();
  return {
    byPlugin: new Map(ids.map((id) => [id, rules(id)])),
    byConnector: none,
    byTool: none,
    byProfile: none,
    depthByPlugin: none,
    depthByProfile: none,
  };
}

/** What earlier stages would have found of a call of one of 500 people. */
function factsOf(call: Call, { policy }: Moment, at: number): Facts {
  const plugin = policy.plugins.get(call.endpoint.plugin);
  const connector = policy.connectors.get(call.endpoint.connector);
  const rules = connector?.tools.get(call.name);
  if (!plugin || !connector || !rules) throw new Error('the bench has no such tool');
  const subject = {
    person: `p${at}@corp.example`,
    plugin,
    connector,
    profile: undefined,
    run: { id: `R-${at}`, startedAtMs: 0, fresh: false },
  };
  const tiered = {
    tier: 'low',
    effect: 'read',
    reversible: true,
    reach: 1,
    recipients: undefined,
    destination: 'inside',
    amount: undefined,
  };
  return { call, subject, permitted: { rules }, tiered } as unknown as Facts;
}
