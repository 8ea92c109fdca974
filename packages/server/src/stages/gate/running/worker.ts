import { setTimeout as pause } from 'node:timers/promises';
import { lookAgain } from '../../../kernel/look-again.ts';
import type { Runner } from './act.ts';

const endWaitMs = 5_000;

/**
 * Runs approved tickets that run by themselves: when the database changed, and every `everyMs` for what a crash left
 * claimed. Returns how to end it: what runs then is waited for, for a while.
 */
export function runApproved(parts: {
  readonly runner: Runner;
  /** Calls back after commits; returns how to unsubscribe. */
  readonly watch: (changed: () => void) => () => void;
  readonly everyMs?: number;
}): () => Promise<void> {
  const { runner, watch, everyMs = 15_000 } = parts;
  const end = lookAgain({ look: () => void runner.runDue(), watch, everyMs });
  return async () => {
    end();
    // What takes longer ends with its connector, and is recorded as unknown.
    await Promise.race([runner.idle(), pause(endWaitMs, undefined, { ref: false })]);
  };
}
