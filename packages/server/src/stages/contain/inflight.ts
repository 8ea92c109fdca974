import type { StopSnapshot } from '../../kernel/readers.ts';
import type { InFlight, StopSignal } from '../../kernel/stops.ts';
import { coveringIn } from './stops/index.ts';

/** The calls that a stop may have to reach while they run. */
export interface InFlightCalls {
  add(call: InFlight, now: StopSnapshot): StopSignal;
  /** Fires the signal of every call that these stops cover; gives how many each of them ended. */
  abortCovered(now: StopSnapshot): ReadonlyMap<string, number>;
  /** What runs now. */
  list(): readonly InFlight[];
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

const unreadable = 'unreadable stops';

/** A bounded registry: a call that it has no room for gets a signal that has fired already. Signals give the stop as their reason. */
export function inFlightCalls(callsMax: number): InFlightCalls {
  const calls = new Set<Slot>();
  return {
    add(call, now) {
      const by = calls.size >= callsMax ? `more than ${callsMax} calls at once` : stoppedBy(call, now);
      if (by !== undefined) return { signal: AbortSignal.abort(by), done: () => undefined };
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
      const ended = new Map<string, number>();
      if (now.stops.length === 0 && !now.unreadable) return ended;
      for (const { call, controller } of calls) {
        const by = controller?.signal.aborted === false ? stoppedBy(call, now) : undefined;
        if (by === undefined) continue;
        ended.set(by, (ended.get(by) ?? 0) + 1);
        controller?.abort(by);
      }
      return ended;
    },
    list: () => [...calls].map(({ call }) => call),
    get size() {
      return calls.size;
    },
  };
}

function stoppedBy(call: InFlight, now: StopSnapshot): string | undefined {
  return now.unreadable ? unreadable : coveringIn(now, call)?.id;
}
