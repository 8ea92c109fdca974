/** Units that a process took ahead and may not have used. */
export interface Lease {
  readonly units: number;
  readonly atMs: number;
}

/** One counter as it is stored. Slices are oldest first; units stay in their slice until a whole window after its end. */
export interface Counter {
  readonly slices: readonly (readonly [slot: number, units: number])[];
  readonly leases: Readonly<Record<string, Lease>>;
  /** Units in blocks of processes that never came back; counted as used. */
  readonly lost: number;
  /** What was counted once, and when it was last seen. */
  readonly members: Readonly<Record<string, number>>;
}

export const emptyCounter: Counter = { slices: [], leases: {}, lost: 0, members: {} };

/** A window is cut into this many slices: what was used comes free up to one slice late, never early. */
const slicesPerWindow = 50;
/** A process that says nothing of its block for this long has lost it. */
export const lostAfterMs = 4_000;
/** A block is used up or given back within this time. */
export const leaseMs = 1_000;

/** How long a window is; undefined: for good. */
export type WindowMs = number | undefined;

const widthOf = (windowMs: WindowMs): number =>
  windowMs === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(windowMs / slicesPerWindow));

/** The slice of a moment; clocks of processes differ, and none turns a counter back. */
function slotAt(counter: Counter, windowMs: WindowMs, nowMs: number): number {
  if (windowMs === undefined) return 0;
  return Math.max(Math.floor(nowMs / widthOf(windowMs)), counter.slices.at(-1)?.[0] ?? 0);
}

/** When a slice is free again. Blocks may be used a while after they were taken, so they stay that much longer. */
function freeAt(slot: number, windowMs: number): number {
  return (slot + 1) * widthOf(windowMs) + windowMs + (leases(windowMs) ? lostAfterMs : 0);
}

/** Whether blocks are handed out at all: in a short window they would be most of it. */
export function leases(windowMs: WindowMs): boolean {
  return windowMs === undefined || windowMs >= 60_000;
}

/** The counter as of a moment: what is older than the window is gone, blocks of lost processes are written off. */
export function settledAt(counter: Counter, windowMs: WindowMs, nowMs: number, own?: string): Counter {
  const slices = windowMs === undefined ? counter.slices : counter.slices.filter(([slot]) => freeAt(slot, windowMs) > nowMs);
  const gone = Object.entries(counter.leases).filter(([node, { atMs }]) => node !== own && nowMs - atMs >= lostAfterMs);
  if (gone.length === 0 && slices.length === counter.slices.length) return counter;
  const kept = Object.entries(counter.leases).filter(([node]) => !gone.some(([lost]) => lost === node));
  return {
    ...counter,
    slices,
    leases: Object.fromEntries(kept),
    lost: counter.lost + gone.reduce((sum, [, { units }]) => sum + units, 0),
  };
}

/** Everything that counts now. */
export function usedOf({ slices }: Counter): number {
  let sum = 0;
  for (const [, units] of slices) sum += units;
  return sum;
}

/** Counts units without asking whether they fit: what already happened. */
export function add(counter: Counter, windowMs: WindowMs, nowMs: number, units: number): Counter {
  if (units === 0) return counter;
  const slot = slotAt(counter, windowMs, nowMs);
  const last = counter.slices.at(-1);
  const slices =
    last && last[0] === slot
      ? [...counter.slices.slice(0, -1), [slot, last[1] + units] as const]
      : [...counter.slices, [slot, units] as const];
  return { ...counter, slices };
}

/**
 * Takes units back. From the oldest slice that they may be in: what is left is then newer than what was used, so that it
 * stays longer, never shorter.
 */
export function giveBack(counter: Counter, fromMs: number, windowMs: WindowMs, units: number): Counter {
  const first = windowMs === undefined ? 0 : Math.floor(fromMs / widthOf(windowMs));
  let left = units;
  const slices = counter.slices.map(([slot, had]) => {
    const back = slot < first ? 0 : Math.min(had, left);
    left -= back;
    return [slot, had - back] as const;
  });
  return { ...counter, slices: slices.filter(([, had]) => had > 0) };
}

/** Changes what a process holds in blocks. */
export function lease(counter: Counter, node: string, units: number, nowMs: number): Counter {
  const { [node]: mine, ...others } = counter.leases;
  const now = Math.max(0, (mine?.units ?? 0) + units);
  return { ...counter, leases: now === 0 ? others : { ...others, [node]: { units: now, atMs: nowMs } } };
}

/** Whether other processes hold blocks that may come back. */
export function heldElsewhere({ leases: held }: Counter, own: string): boolean {
  return Object.keys(held).some((node) => node !== own);
}

/** When that many units fit again by themselves; undefined where they never do. */
export function fitsAt(counter: Counter, windowMs: WindowMs, units: number, max: number): number | undefined {
  if (windowMs === undefined || units > max) return undefined;
  let used = usedOf(counter);
  for (const [slot, had] of counter.slices) {
    used -= had;
    if (used + units <= max) return freeAt(slot, windowMs);
  }
  return undefined;
}
