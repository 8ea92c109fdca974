import { load } from './load.ts';
import { rssMib } from './processes.ts';
import { startTrapkey } from './targets.ts';

interface Remembered {
  readonly samples: readonly { readonly calls: number; readonly mib: number }[];
  readonly figures: Readonly<Record<string, number | boolean>>;
}

/** Resident memory of a new Trapkey after a fifth, three fifths and all of the calls: what it holds must not grow with what it has done. */
export async function memory(
  upstream: string,
  { folder, calls }: { readonly folder: string | undefined; readonly calls: number },
): Promise<Remembered> {
  const trapkey = await startTrapkey(upstream, { folder });
  try {
    const samples: { readonly calls: number; readonly mib: number }[] = [];
    let done = 0;
    for (const until of [0.2, 0.6, 1].map((share) => Math.round(share * calls))) {
      await load(trapkey, 16, { calls: until - done });
      done = until;
      samples.push({ calls: done, mib: await rssMib(trapkey.pid) });
    }
    const [early, , last] = samples.map(({ mib }) => mib) as [number, number, number];
    const flat = last <= early * 1.15;
    return {
      samples,
      figures: {
        [`trapkey_rss_mb_after_${calls / 1000}k`]: last,
        [`trapkey_rss_mb_after_${calls / 5000}k`]: early,
        trapkey_memory_flat: flat,
      },
    };
  } finally {
    await trapkey.stop();
  }
}
