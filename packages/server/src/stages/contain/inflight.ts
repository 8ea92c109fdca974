import type { StopSnapshot } from '../../kernel/readers.ts';
import type { InFlight, StopSignal } from '../../kernel/stops.ts';
import { covers } from './covers.ts';

/** The calls that a stop may have to reach while they run. */
export interface InFlightCalls {
  add(call: InFlight, now: StopSnapshot): StopSignal;
  /** Fires the signal of every call that these stops cover. */
  abortCovered(now: StopSnapshot): void;
  readonly size: number;
}

interface Slot {
  readonly call: InFlight;
  /**
   * Taken out when the call is over: a set that calls come into and go from leaves its old tables behind, each with a
   * pointer to the next, and what they hold would be kept until a full collection.
   */
  controller: AbortController | undefined;
}

/** A bounded registry: a call that it has no room for gets a signal that has fired already. */
export function inFlightCalls(callsMax: number): InFlightCalls {
  const calls = new Set<Slot>();
  return {
    add(call, now) {
      if (calls.size >= callsMax || stopped(call, now)) return { signal: AbortSignal.abort(), done: () => undefined };
      const controller = new AbortController();
      const slot: Slot = { call: { ...call }, controller };
      calls.add(slot);
      const done = (): void => {
        slot.controller = undefined;
        calls.delete(slot);
      };
      return { signal: controller.signal, done };
    },
    abortCovered(now) {
      if (now.stops.length === 0 && !now.unreadable) return;
      for (const { call, controller } of calls) if (stopped(call, now)) controller?.abort();
    },
    get size() {
      return calls.size;
    },
  };
}

function stopped(call: InFlight, now: StopSnapshot): boolean {
  return now.unreadable || now.stops.some((stop) => covers(stop, call));
}
