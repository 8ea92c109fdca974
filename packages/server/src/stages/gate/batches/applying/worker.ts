import type { Clock } from '../../../../kernel/clock.ts';
import { randomCrockford } from '../../../../kernel/ids.ts';
import { lookAgain } from '../../../../kernel/look-again.ts';
import { claimBatch, dueBatches, endLeases } from './applying-store.ts';
import type { MakingParts } from './parts.ts';
import { runBatch } from './run.ts';

/** So many batches go on at once in one process; the others wait their turn. */
const batchesAtOnceMax = 4;
const endWaitMs = 5_000;

/** Goes on with batches in a process that serves. */
export interface Applier {
  /** Takes what is due, each batch once over all processes. Never rejects. */
  look(): Promise<void>;
  /** Begins nothing more, and resolves when what is on its way has ended, or after a while. */
  stop(): Promise<void>;
}

/** Opens it. `alone`: no other process serves, so leases of one before are over. */
export async function openApplier(parts: MakingParts & { readonly alone: boolean }): Promise<Applier> {
  const { database, recorder, clock, alone } = parts;
  const claim = randomCrockford(16);
  const running = new Map<string, Promise<void>>();
  const ends = new AbortController();
  if (alone)
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        await endLeases(tx);
        return { ok: true, quiet: true };
      },
    });
  const take = async (id: string): Promise<void> => {
    let batch: Awaited<ReturnType<typeof claimBatch>>;
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        batch = await claimBatch(tx, id, claim, clock());
        return { ok: true, quiet: true };
      },
    });
    if (batch) await runBatch({ ...parts, outlived: forAMoment(parts.outlived, clock) }, batch, claim, ends.signal);
  };
  return {
    async look() {
      const due = await dueBatches(database, clock(), batchesAtOnceMax * 2).catch(() => []);
      for (const id of due) {
        if (ends.signal.aborted || running.has(id) || running.size >= batchesAtOnceMax) continue;
        const run = take(id)
          .catch((error: unknown) => parts.failed(id, error))
          .finally(() => running.delete(id));
        running.set(id, run);
      }
    },
    async stop() {
      ends.abort();
      let waiting: NodeJS.Timeout | undefined;
      // What takes longer is read back by whoever goes on.
      await Promise.race([Promise.all(running.values()), new Promise((resolve) => (waiting = setTimeout(resolve, endWaitMs)))]);
      clearTimeout(waiting);
    },
  };
}

/** The same answer for a moment: the changes of a batch came on one credential, and each would ask for it. */
function forAMoment(outlived: MakingParts['outlived'], clock: Clock, lastsMs = 500): MakingParts['outlived'] {
  let known: { readonly id: string; readonly atMs: number; readonly answer: ReturnType<MakingParts['outlived']> } | undefined;
  return (credential) => {
    const atMs = clock();
    if (known?.id !== credential.id || Math.abs(atMs - known.atMs) > lastsMs)
      known = { id: credential.id, atMs, answer: outlived(credential) };
    return known.answer;
  };
}

/** Looks for batches when the database changed, and every `everyMs` for what a process that died left. Returns how to end it. */
export function applyBatches(parts: {
  readonly applier: Applier;
  /** Calls back after commits; returns how to unsubscribe. */
  readonly watch: (changed: () => void) => () => void;
  readonly everyMs?: number;
}): () => Promise<void> {
  const { applier, watch, everyMs = 2_000 } = parts;
  const end = lookAgain({ look: () => void applier.look(), watch, everyMs });
  return async () => {
    end();
    await applier.stop();
  };
}
