import type { Raise, Signal } from '../../kernel/alerts.ts';
import { bounded } from './kinds.ts';

/** Signals of this process that are not durable yet. */
export interface RaiseQueue {
  readonly raise: Raise;
  /** Takes what waits. What could not be written is given back. */
  take(): readonly Signal[];
  giveBack(signals: readonly Signal[]): void;
}

const groupsMax = 1_000;

/** Groups signals as they come, so that a flood stays one. Past the limit, new groups of a kind are counted as one. */
export function openRaiseQueue(clock: () => number): RaiseQueue {
  const waiting = new Map<string, Signal>();
  const add = (given: Signal): void => {
    const signal = { ...given, atMs: given.atMs ?? clock() };
    const own = `${signal.kind}\0${signal.scope}`;
    const full = waiting.size >= groupsMax && !waiting.has(own);
    const key = full ? `${signal.kind}\0others` : own;
    const before = waiting.get(key);
    const count = (signal.count ?? 1) + (before?.count ?? 0);
    waiting.set(key, { ...signal, ...(full && { scope: 'others' }), count });
  };
  return {
    raise: (signal) => add(bounded(signal)),
    take() {
      const signals = [...waiting.values()];
      waiting.clear();
      return signals;
    },
    giveBack(signals) {
      const newer = [...waiting.values()];
      waiting.clear();
      for (const signal of [...signals, ...newer]) add(signal);
    },
  };
}
