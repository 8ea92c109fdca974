import type { Charge } from '../../../kernel/limit-rules.ts';
import { observed, type Pocket } from './take.ts';
import { leaseMs } from './window.ts';

/** The blocks that this process holds, by counter. */
export interface Pockets {
  /** Takes units at once where a block has them. */
  spend(charge: Charge, nowMs: number): boolean;
  /** Units of a counter that this process holds and nobody used yet. */
  unused(key: string): number;
  /** Units that were not used after all, or were used ahead (negative); true where the block is overdrawn by it. */
  put(charge: Charge, units: number, atMs: number): boolean;
  /** Takes the whole block out, to settle it with the counter. */
  detach(key: string): Pocket | undefined;
  /** Puts a block in beside what is there. */
  attach(pocket: Pocket): void;
  /** Takes out what nobody used for long. */
  stale(nowMs: number): readonly Pocket[];
  /** Agents and the like that were counted by this process. */
  readonly remember: (charge: Charge, atMs: number) => void;
}

const membersMax = 100_000;

/** Opens them; a process that dies loses them, and with them what it took ahead, never more. */
export function openPockets(): Pockets {
  const pockets = new Map<string, Pocket>();
  const members = new Map<string, number>();
  const attach = (pocket: Pocket): void => {
    const { key } = pocket.charge;
    const there = pockets.get(key);
    const merged = there
      ? {
          ...pocket,
          granted: there.granted + pocket.granted,
          unused: there.unused + pocket.unused,
          atMs: Math.min(there.atMs, pocket.atMs),
        }
      : pocket;
    if (merged.granted === 0 && merged.unused === 0) pockets.delete(key);
    else pockets.set(key, merged);
  };
  return {
    remember(charge, atMs) {
      if (charge.member !== undefined)
        members.set(memberKey(charge), charge.windowMs === undefined ? Number.POSITIVE_INFINITY : atMs + charge.windowMs / 2);
    },
    spend(charge, nowMs) {
      if (charge.member !== undefined) return (members.get(memberKey(charge)) ?? 0) > nowMs;
      const pocket = pockets.get(charge.key);
      if (!pocket || pocket.unused < Math.max(1, charge.units)) return false;
      if (!observed(charge) && charge.units > 0) pockets.set(charge.key, { ...pocket, unused: pocket.unused - charge.units });
      return true;
    },
    unused: (key) => Math.max(0, pockets.get(key)?.unused ?? 0),
    put(charge, units, atMs) {
      attach({ granted: 0, unused: units, atMs, charge });
      return (pockets.get(charge.key)?.unused ?? 0) < 0;
    },
    detach(key) {
      const pocket = pockets.get(key);
      pockets.delete(key);
      return pocket;
    },
    attach,
    stale(nowMs) {
      const old = [...pockets.values()].filter(({ atMs }) => nowMs - atMs >= leaseMs);
      for (const { charge } of old) pockets.delete(charge.key);
      if (members.size > membersMax) members.clear();
      return old;
    },
  };
}

function memberKey({ key, member }: Charge): string {
  return `${key}|${member ?? ''}`;
}
