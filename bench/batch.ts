import { openStaging, retieringCall } from './batch-house.ts';
import type { BenchOptions } from './bench.ts';
import { short } from './quantiles.ts';

const concurrent = 64;

/** Staging, applying and looking at batches on the embedded store. */
export async function batch({ say, data, quick }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  return { ...(await staging(data, quick ? 4_000 : 20_000, say)) };
}

/** Calls that become changes, with the read of what stands there before: everything of a call but its sockets. */
async function staging(folder: string | undefined, changes: number, say: BenchOptions['say']) {
  const house = await openStaging(folder);
  try {
    let next = 0;
    const until = async (end: number): Promise<void> => {
      const client = async (): Promise<void> => {
        while (next < end) {
          const handled = await house.handle(retieringCall(next++));
          if (handled.kind !== 'staged') throw new Error(`the bench's call was not staged: ${JSON.stringify(handled)}`);
        }
      };
      await Promise.all(Array.from({ length: concurrent }, client));
    };
    await until(changes / 4);
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    await until(changes + changes / 4);
    const [ms, used] = [performance.now() - began, process.cpuUsage(cpu)];
    const figures = {
      stage_changes: changes,
      stage_per_s: short((changes * 1_000) / ms),
      stage_cpu_us: short((used.user + used.system) / changes),
    };
    say(`  staged                   ${figures.stage_per_s}/s with a before-image each, ${figures.stage_cpu_us} µs of processor each`);
    return figures;
  } finally {
    await house.close();
  }
}
