import { setTimeout as pause } from 'node:timers/promises';
import { lookAgain } from '../../../kernel/look-again.ts';
import type { UndoingParts } from './parts.ts';
import { doingOf } from './running.ts';
import { endUndoLeases } from './store.ts';

const endWaitMs = 5_000;

/**
 * Looks at what somebody wants to take back, and takes back what was started: when the database changed, and every `everyMs`
 * for what a process left that died. Returns how to end it: the call under way is waited for, for a while.
 */
export async function runUndos(
  parts: UndoingParts & {
    /** Calls back after commits; returns how to unsubscribe. */
    readonly watch: (changed: () => void) => () => void;
    /** No other process serves: leases of one before are over. */
    readonly alone: boolean;
    readonly everyMs?: number;
  },
): Promise<() => Promise<void>> {
  const { watch, recorder, alone, everyMs = 2_000 } = parts;
  if (alone)
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        await endUndoLeases(tx);
        return { ok: true, quiet: true };
      },
    });
  const ends = new AbortController();
  const doing = doingOf(parts, ends.signal);
  const end = lookAgain({ look: () => void doing.runDue(), watch, everyMs });
  return async () => {
    end();
    ends.abort();
    await Promise.race([doing.idle(), pause(endWaitMs, undefined, { ref: false })]);
  };
}
