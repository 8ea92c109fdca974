import type { Frame } from '../packages/server/src/pipeline/frame.ts';
import { handleWith } from '../packages/server/src/pipeline/handle.ts';
import { benchCall, openHouse } from './house.ts';
import { short } from './quantiles.ts';

const concurrent = 16;

/**
 * Processor time of one call by the parts of its frame, without sockets and with an upstream that answers at once. What is
 * timed by hand runs on the calling thread; `record_thread` is what the rest of the process used meanwhile.
 */
export async function frameCosts(folder: string | undefined, calls: number): Promise<Readonly<Record<string, number>>> {
  const house = await openHouse({ tools: 200, rulesPerTool: 3 }, folder);
  try {
    const spent = new Map<string, number>();
    const handle = handleWith(timed(house.frame, spent));
    const run = async (count: number): Promise<void> => {
      let next = 0;
      const client = async (): Promise<void> => {
        while (next < count) {
          const handled = await handle(benchCall(next++), { signal: new AbortController().signal });
          if (handled.kind !== 'result') throw new Error(`the bench's call was not answered: ${JSON.stringify(handled)}`);
        }
      };
      await Promise.all(Array.from({ length: concurrent }, client));
    };
    await run(Math.round(calls / 2));
    spent.clear();
    const thread = process.threadCpuUsage();
    const all = process.cpuUsage();
    await run(calls);
    const own = process.threadCpuUsage(thread);
    const whole = process.cpuUsage(all);
    const parts = Object.fromEntries([...spent].map(([part, ms]) => [part, (ms * 1_000) / calls]));
    const main = (own.user + own.system) / calls;
    const known = Object.values(parts).reduce((sum, us) => sum + us, 0);
    const figures = {
      ...parts,
      rest_of_the_frame: main - known,
      main_thread: main,
      record_thread: (whole.user + whole.system) / calls - main,
    };
    return Object.fromEntries(Object.entries(figures).map(([part, us]) => [part, short(us)]));
  } finally {
    await house.close();
  }
}

/** The frame with a hand timer around each of its synchronous parts. */
function timed(frame: Frame, spent: Map<string, number>): Frame {
  const around = <A extends readonly unknown[], R>(part: string, work: (...given: A) => R) => {
    return (...given: A): R => {
      const began = performance.now();
      try {
        return work(...given);
      } finally {
        spent.set(part, (spent.get(part) ?? 0) + performance.now() - began);
      }
    };
  };
  return {
    ...frame,
    stages: frame.stages.map((stage) => ({ ...stage, run: around(`decide_${stage.gives}`, stage.run) })),
    recorder: { seal: around('seal', frame.recorder.seal), commit: around('prepare_commit', frame.recorder.commit) },
    screen: around('screen', frame.screen),
  };
}
