import type { Alarm } from '../../../../kernel/alerts.ts';
import { restingBatches } from './agent-store.ts';
import { type Nudging, nudgeBatches } from './nudging.ts';
import { type Submitting, submit } from './submit.ts';

/** A run that adds nothing for so long is over, as far as its batch goes; what it does after that begins another. */
const restMs = 30 * 60_000;
const atOnceMax = 20;

/** Closes the batches of runs that are over; one that fails does not keep the others. Gives how many. */
export async function submitResting(parts: Submitting & { readonly alarm?: Alarm; readonly restMs?: number }): Promise<number> {
  const rest = parts.restMs ?? restMs;
  const resting = await restingBatches(parts.database, { addedBeforeMs: parts.clock() - rest, max: atOnceMax });
  let closed = 0;
  for (const { id } of resting) {
    try {
      const row = await submit(parts, id, { actor: 'trapkey', detail: 'its run is over' });
      if (row && row.state !== 'open') closed += 1;
    } catch (error) {
      parts.alarm?.(`Batch ${id} could not be submitted: ${String(error)}. Nothing of it happened; it is tried again.`);
    }
  }
  return closed;
}

/** Looks each `everyMs` for batches of runs that are over, and for those that wait for long. Returns how to end it. */
export function tendBatches(parts: Parameters<typeof submitResting>[0] & Nudging & { readonly everyMs?: number }): () => Promise<void> {
  let working: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    working = working
      .then(() => submitResting(parts))
      .then(() => nudgeBatches(parts))
      .catch(() => undefined);
  }, parts.everyMs ?? 15_000).unref();
  return async () => {
    clearInterval(timer);
    await working;
  };
}
