import { seeded } from './accounts.ts';

/**
 * What goes wrong with a call that reached the CRM. `before`: nothing was changed yet; `after`: it is changed, and what is
 * missing is the answer. `hold_*` wait until they are let go or the caller is gone; `late` makes the change when the caller
 * is gone already; `cut` breaks off in the middle of the answer; `exit` is the whole CRM dying there.
 */
export type FaultKind =
  | 'hold_before'
  | 'hold_after'
  | 'late'
  | 'slow'
  | 'error'
  | 'error_after'
  | 'status_500_before'
  | 'status_500_after'
  | 'cut_before'
  | 'cut_after'
  | 'exit_before'
  | 'exit_after';

/** Which calls it befalls: all of the given must match. `nth` and `every` count calls that match, from when the fault was set. */
export interface Fault {
  readonly does: FaultKind;
  readonly tool?: string;
  readonly id?: string;
  /** Any of these. */
  readonly ids?: readonly string[];
  readonly nth?: number;
  readonly every?: number;
  /** Share of the calls from 0 to 1, drawn from the CRM's seed. */
  readonly share?: number;
  /** It befalls so many calls and is over. */
  readonly times?: number;
  /** For `slow`. */
  readonly ms?: number;
}

/** How the CRM behaves now; every key can be changed while it runs. */
export interface Modes {
  /** What it does with idempotency keys: `unknown` means that its tools have no argument for one. */
  readonly keys: 'honoured' | 'ignored' | 'unknown';
  /** Whether an account can be read one by one: `fails` answers an error, `missing` does not offer the tool. */
  readonly read_back: 'works' | 'fails' | 'missing';
  readonly delay_ms: number;
  readonly faults: readonly Fault[];
}

export const plainModes: Modes = { keys: 'honoured', read_back: 'works', delay_ms: 0, faults: [] };

/** The modes in force, and which fault befalls the next call. */
export interface Moods {
  modes(): Modes;
  set(change: Partial<Modes>): Modes;
  fate(tool: string, id: string | undefined): Fault | undefined;
}

/** Starts with the plain ones. */
export function openMoods(seed: number): Moods {
  const random = seeded(seed);
  let modes = plainModes;
  let counts = new Map<Fault, { matched: number; befell: number }>();
  return {
    modes: () => modes,
    set(change) {
      modes = { ...modes, ...change };
      if (change.faults) counts = new Map();
      return modes;
    },
    fate(tool, id) {
      for (const fault of modes.faults) {
        if (fault.tool !== undefined && fault.tool !== tool) continue;
        if (fault.id !== undefined && fault.id !== id) continue;
        if (fault.ids !== undefined && (id === undefined || !fault.ids.includes(id))) continue;
        const count = counts.get(fault) ?? { matched: 0, befell: 0 };
        counts.set(fault, count);
        count.matched++;
        if (count.befell >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
        if (fault.nth !== undefined && count.matched !== fault.nth) continue;
        if (fault.every !== undefined && count.matched % fault.every !== 0) continue;
        if (fault.share !== undefined && random() >= fault.share) continue;
        count.befell++;
        return fault;
      }
      return undefined;
    },
  };
}
