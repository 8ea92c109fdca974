import { startPostgres } from '../../test/support/postgres.ts';
import type { BenchOptions } from '../bench.ts';
import { quantile, short } from '../quantiles.ts';
import { openContainHouse } from './house.ts';

const gateways = 2;
const callsEach = 4;

/** From the moment that a person says stop to the moment that the upstream sees the last call in flight end, on every node. */
export async function stop({ say, data, quick }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const times = quick ? 20 : 200;
  const postgres = await startPostgres({ durable: true });
  const figures: Record<string, unknown> = {};
  try {
    for (const [name, database] of [['postgres', postgres.url] as const, ['sqlite', undefined] as const]) {
      const samples = await rehearsed(data, database, times);
      const [p50, p99] = [short(quantile(samples, 0.5)), short(quantile(samples, 0.99))];
      say(`  stop to last call aborted, ${name.padEnd(10)} p50 ${p50} ms, p99 ${p99} ms (${times} stops, ${gateways} gateways)`);
      Object.assign(figures, { [`stop_p50_ms_${name}`]: p50, [`stop_p99_ms_${name}`]: p99 });
    }
  } finally {
    await postgres.stop();
  }
  return figures;
}

async function rehearsed(folder: string | undefined, database: string | undefined, times: number): Promise<readonly number[]> {
  const house = await openContainHouse(folder, database, gateways);
  const by = { person: 'ops@corp.example', assurance: 'proved' } as const;
  const releasing = () => ({ person: 'root@corp.example', roles: ['administrator'], freshAtMs: Date.now() });
  const samples: number[] = [];
  try {
    // The first few find cold processes; people rehearse, too.
    for (let at = -5; at < times; at++) {
      const { aborted, answered } = await house.hang(callsEach);
      const began = performance.now();
      const stopped = await house.stops.engage({ scope: { kind: 'connector', id: 'crm' }, mode: 'full', by, reason: 'bench' });
      const took = (await aborted) - began;
      const answers = await answered;
      if (!answers.every((text) => text.includes('A stop was engaged'))) throw new Error(`not stopped: ${answers[0]?.slice(0, 300)}`);
      if (at >= 0) samples.push(took);
      await house.stops.release({ stop: stopped.id, by: releasing(), reason: 'bench' });
    }
  } finally {
    await house.close();
  }
  return samples;
}
