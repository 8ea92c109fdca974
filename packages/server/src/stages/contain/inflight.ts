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

/** A bounded registry: a call that it has no room for gets a signal that has fired already. */
export function inFlightCalls(callsMax: number): InFlightCalls {
  const calls = new Map<InFlight, AbortController>();
  return {
    add(call, now) {
      if (calls.size >= callsMax || stopped(call, now)) return { signal: AbortSignal.abort(), done: () => undefined };
      const controller = new AbortController();
      const key = { ...call };
      calls.set(key, controller);
      return { signal: controller.signal, done: () => void calls.delete(key) };
    },
    abortCovered(now) {
      if (now.stops.length === 0 && !now.unreadable) return;
      for (const [call, controller] of calls) if (stopped(call, now)) controller.abort();
    },
    get size() {
      return calls.size;
    },
  };
}

function stopped(call: InFlight, now: StopSnapshot): boolean {
  return now.unreadable || now.stops.some((stop) => covers(stop, call));
}
