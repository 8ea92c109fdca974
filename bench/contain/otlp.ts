import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseAddress } from '../../packages/server/src/storage/database.ts';
import { openHouse } from '../../test/runs/house.ts';
import { logsJson, nestedRun } from '../../test/runs/otlp.ts';
import type { BenchOptions } from '../bench.ts';

const eventsPerDelivery = 504;
const targetPerSecond = 5_000;

/** Events of OTLP that one gateway takes in a second over HTTP, durable before they are answered; JSON, on SQLite. */
export async function otlp({ say, quick }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const folder = mkdtempSync(join(tmpdir(), 'trapkey-bench-otlp-'));
  const address: DatabaseAddress = { kind: 'sqlite', file: join(folder, 'trapkey.db') };
  // As it ships: joining goes on beside it every few seconds.
  const waits = { joinAfterMs: 15_000, bypassAfterMs: 90_000, gapAfterMs: 120_000, silentAfterMs: 900_000, everyMs: 5_000 };
  const house = await openHouse(address, {}, waits);
  try {
    const bearers = await Promise.all(['ann', 'bea', 'lee', 'max'].map((name) => house.telemetryToken(`${name}@corp.example`)));
    const bodies = Array.from({ length: quick ? 20 : 100 }, (_, at) => deliveryOf(at));
    const deliver = async (body: string, at: number) => {
      const reply = await house.send(bearers[at % bearers.length] as string, body);
      if (reply.status !== 200) throw new Error(`${reply.status}: ${await reply.text()}`);
      await reply.arrayBuffer();
    };
    for (let at = 0; at < 5; at++) await deliver(deliveryOf(10_000 + at), at);
    const began = performance.now();
    let next = 0;
    const worker = async () => {
      while (next < bodies.length) {
        const at = next++;
        await deliver(bodies[at] as string, at);
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    const perSecond = Math.round((bodies.length * eventsPerDelivery) / ((performance.now() - began) / 1_000));
    say(`  OTLP intake: ${perSecond} events/s in deliveries of ${eventsPerDelivery} (target ${targetPerSecond} or more)`);
    return { otlp_per_s: perSecond };
  } finally {
    await house.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function deliveryOf(at: number): string {
  const runs = Array.from({ length: eventsPerDelivery / 14 }, (_, run) => {
    const session = `bench-${at}-${run}`;
    const events = nestedRun(session, [`toolu_${session}_a`, `toolu_${session}_b`, `toolu_${session}_c`]);
    return events.map((event) => ({ ...event, attributes: { ...event.attributes } }));
  });
  return JSON.stringify(logsJson(runs.flat()));
}
