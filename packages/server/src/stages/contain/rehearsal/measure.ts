import type { Recorder, Tx } from '../../../kernel/recorder.ts';
import { waitTool } from './canary.ts';
import { type RehearsalDatabase, readRehearsal, updatePath } from './store.ts';
import type { Heard, Way } from './ways.ts';

const betweenMs = 25;
/** Longer than any step may take; then the path failed, and that is what a rehearsal is for. */
const stepMs = 45_000;

export interface Measuring {
  readonly database: RehearsalDatabase;
  readonly recorder: Recorder;
  readonly rehearsal: string;
  readonly node: string;
  /** The clock of the database. */
  readonly nowMs: () => number;
}

/** Writes something that nobody waits for in memory. */
export async function quietly(recorder: Recorder, write: (tx: Tx) => Promise<void>): Promise<void> {
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      await write(tx);
      return { ok: true, quiet: true };
    },
  });
}

/** Calls without pause on one way in: until it runs, until it is refused, until it runs again. Never rejects. */
export async function measure(of: Measuring, way: Way): Promise<void> {
  const set = (values: Parameters<typeof updatePath>[2]) =>
    quietly(of.recorder, (tx) => updatePath(tx, { rehearsal: of.rehearsal, node: of.node, path: way.path }, values));
  try {
    await set({ ready_at_ms: await until(of, way, 'ran') });
    // One call is in flight when the stop comes; hooks have none, because the client runs the tool.
    const flying = way.path === 'mcp-http' ? way.call(waitTool).then(of.nowMs, () => undefined) : undefined;
    await set({ refused_at_ms: await until(of, way, 'stopped'), state: 'refused' });
    if (flying) await set({ aborted_at_ms: (await flying) ?? null });
    await set({ back_at_ms: await until(of, way, 'ran'), state: 'back' });
  } catch (error) {
    await set({ state: 'failed', says: error instanceof Error ? error.message : String(error) }).catch(() => undefined);
  } finally {
    way.close();
  }
}

/** When it was first answered so. */
async function until({ database, rehearsal, nowMs }: Measuring, way: Way, wanted: 'ran' | 'stopped'): Promise<number> {
  const giveUpAtMs = nowMs() + stepMs;
  let last: Heard | undefined;
  for (;;) {
    last = await way.call('ping').catch((error: unknown) => ({ other: error instanceof Error ? error.message : String(error) }));
    const at = nowMs();
    if (last === wanted) return at;
    if (at > giveUpAtMs)
      throw new Error(
        `It was not ${wanted === 'ran' ? 'let run' : 'refused'} within ${stepMs / 1_000} s: ${typeof last === 'string' ? last : last.other}`,
      );
    if (typeof last !== 'string' && (await readRehearsal(database, rehearsal))?.finished_at_ms)
      throw new Error(`The rehearsal ended: ${last.other}`);
    await new Promise((resolve) => setTimeout(resolve, betweenMs));
  }
}
