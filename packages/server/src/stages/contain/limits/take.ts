import type { Charge } from '../../../kernel/limit-rules.ts';
import { add, type Counter, fitsAt, giveBack, heldElsewhere, lease, leases, settledAt, usedOf } from './window.ts';

/** A block that this process holds: what it was granted, and what of it nobody used yet. Below zero: used ahead of it. */
export interface Pocket {
  readonly granted: number;
  readonly unused: number;
  /** When the oldest part of it was taken. */
  readonly atMs: number;
  readonly charge: Charge;
}

/** What came of asking one counter. `full.left`: units that are free still, too few for this call. */
export type Taken =
  | { readonly ok: true; readonly counter: Counter; readonly granted: number }
  | {
      readonly ok: false;
      readonly counter: Counter;
      readonly used: number;
      readonly left: number;
      readonly busy: boolean;
      readonly freeAtMs: number | undefined;
    };

const smallest = 64;
const share = 16;
const blockMax = 4_096;
const membersMax = 10_000;

/** Closes a block: what nobody used goes back, what was used ahead of it is counted now. */
export function close(counter: Counter, pocket: Pocket, node: string, nowMs: number): Counter {
  const { windowMs } = pocket.charge;
  const less = lease(counter, node, -pocket.granted, nowMs);
  return pocket.unused >= 0 ? giveBack(less, pocket.atMs, windowMs, pocket.unused) : add(less, windowMs, nowMs, -pocket.unused);
}

/** Whether a call counts for nothing new: an agent that was counted already. */
function counted(counter: Counter, { member }: Charge): boolean {
  return member !== undefined && counter.members[member] !== undefined;
}

/** Takes what a call needs, and a block ahead where there is plenty. Never more than the limit, by anybody. */
export function take(
  stored: Counter,
  charge: Charge,
  about: { readonly node: string; readonly nowMs: number; readonly pocket: Pocket | undefined },
): Taken {
  const { rule, windowMs, member } = charge;
  const { node, nowMs, pocket } = about;
  const settled = settledAt(stored, windowMs, nowMs, node);
  let counter = pocket ? close(settled, pocket, node, nowMs) : settled;
  counter = windowMs === undefined ? counter : forgetMembers(counter, nowMs - windowMs);
  const units = counted(counter, charge) ? 0 : charge.units;
  const used = usedOf(counter);
  // What only the answer tells needs room at all.
  const need = observed(charge) ? 1 : units;
  if (need > 0 && used + need > rule.max && rule.mode === 'enforce')
    return {
      ok: false,
      counter: settled,
      used,
      left: Math.max(0, rule.max - used),
      busy: heldElsewhere(counter, node),
      freeAtMs: fitsAt(counter, windowMs, Math.max(1, need), rule.max),
    };
  const granted = blockOf(charge, rule.max - used - units);
  counter = add(counter, windowMs, nowMs, units + granted);
  if (granted > 0) counter = lease(counter, node, granted, nowMs);
  if (member !== undefined && Object.keys(counter.members).length < membersMax)
    counter = { ...counter, members: { ...counter.members, [member]: nowMs } };
  return { ok: true, counter, granted };
}

/** Rows and bytes are known when the answer is there. */
export function observed({ rule }: Pick<Charge, 'rule'>): boolean {
  return rule.measure === 'rows_read' || rule.measure === 'bytes';
}

/** How much is taken ahead: less and less towards the limit, and nothing of what is counted once or within a run's repeats. */
function blockOf(charge: Charge, left: number): number {
  const { rule, windowMs } = charge;
  if (!leases(windowMs) || rule.measure === 'agents' || rule.measure === 'repeats' || left <= 0) return 0;
  if (observed(charge)) return Math.ceil(left / share);
  if (rule.measure === 'amount') return 0;
  return left < smallest ? 0 : Math.min(blockMax, Math.floor(left / share));
}

function forgetMembers(counter: Counter, beforeMs: number): Counter {
  const kept = Object.entries(counter.members).filter(([, atMs]) => atMs > beforeMs);
  return kept.length === Object.keys(counter.members).length ? counter : { ...counter, members: Object.fromEntries(kept) };
}
