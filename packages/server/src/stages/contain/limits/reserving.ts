import type { Clock } from '../../../kernel/clock.ts';
import type { Charge } from '../../../kernel/limit-rules.ts';
import type { Reached, Reservation } from '../../../kernel/limits.ts';
import type { StepResult, Tx } from '../../../kernel/recorder.ts';
import type { Pockets } from './pockets.ts';
import { counterIn, writeCounter } from './store.ts';
import { close, type Pocket, take } from './take.ts';
import { openTripIn } from './trips-store.ts';
import { type Counter, settledAt, usedOf } from './window.ts';

/** One process, as counters know it. */
export interface Holder {
  readonly node: string;
  readonly pockets: Pockets;
  readonly clock: Clock;
}

/** Counters as they were seen last. */
type Seen = Map<string, { readonly counter: Counter; readonly atMs: number }>;
const seenMax = 50_000;

/**
 * Takes what a call counts for: at once from the blocks that this process holds, the rest in the transaction of `decided`.
 * A step may run twice where its group is tried again, so what it took out of a pocket is kept for the second time.
 */
export function reserveWith({ node, pockets, clock }: Holder, charges: readonly Charge[], seen: Seen): Reservation {
  const nowMs = clock();
  const local: Charge[] = [];
  const rest: Charge[] = [];
  for (const charge of charges) (pockets.spend(charge, nowMs) ? local : rest).push(charge);
  const out = new Map<string, Pocket>();
  const granted = new Map<string, Pocket>();
  let conflict: Reached | undefined;
  const detach = (key: string): Pocket | undefined => {
    const more = pockets.detach(key);
    if (more) out.set(key, joined(out.get(key), more));
    return out.get(key);
  };
  const steps = async (tx: Tx): Promise<StepResult> => {
    conflict = undefined;
    granted.clear();
    const atMs = clock();
    for (const charge of rest) {
      if (charge.rule.mode === 'enforce') {
        const open = await openTripIn(tx, charge.scope);
        if (open) {
          conflict = { charge, used: open.used, freeAtMs: open.rearmAtMs, trips: true, lost: open.lost };
          return { ok: false, conflict: `${open.id} is open` };
        }
      }
      const stored = await counterIn(tx, charge.key);
      const taken = take(stored, charge, { node, nowMs: atMs, pocket: detach(charge.key) });
      if (!taken.ok) {
        const trips = taken.left < 1;
        conflict = {
          charge,
          used: taken.used,
          freeAtMs: taken.freeAtMs,
          trips: trips && !taken.busy,
          lost: taken.counter.lost,
          busy: taken.busy,
        };
        seen.set(charge.key, { counter: taken.counter, atMs });
        return { ok: false, conflict: `${charge.rule.id} is used up` };
      }
      await writeCounter(tx, charge, taken.counter, atMs);
      if (seen.size > seenMax) seen.clear();
      seen.set(charge.key, { counter: taken.counter, atMs });
      if (taken.granted > 0) granted.set(charge.key, { granted: taken.granted, unused: taken.granted, atMs, charge });
    }
    return { ok: true, quiet: true };
  };
  return {
    steps: rest.length > 0 ? steps : undefined,
    conflict: () => conflict,
    committed() {
      for (const pocket of granted.values()) pockets.attach(pocket);
      for (const charge of rest) pockets.remember(charge, nowMs);
    },
    dropped() {
      for (const pocket of out.values()) pockets.attach(pocket);
      for (const charge of local) if (charge.units > 0 && charge.member === undefined) pockets.put(charge, charge.units, nowMs);
    },
  };
}

function joined(one: Pocket | undefined, other: Pocket): Pocket {
  if (!one) return other;
  return { ...one, granted: one.granted + other.granted, unused: one.unused + other.unused, atMs: Math.min(one.atMs, other.atMs) };
}

/** Settles blocks with their counters: what nobody used goes back, what was used ahead is counted. Gives what is used now. */
export async function settleBlocks(tx: Tx, { node, clock }: Holder, blocks: readonly Pocket[]): Promise<ReadonlyMap<string, number>> {
  const nowMs = clock();
  const used = new Map<string, number>();
  for (const pocket of blocks) {
    const { charge } = pocket;
    const stored = settledAt(await counterIn(tx, charge.key), charge.windowMs, nowMs, node);
    const counter = close(stored, pocket, node, nowMs);
    await writeCounter(tx, charge, counter, nowMs);
    used.set(charge.key, usedOf(counter));
  }
  return used;
}
