import type { Upstream } from '@trapkey/contract/upstream.ts';

/** An open upstream in the pool. */
export interface Held {
  readonly key: string;
  readonly connection: string;
  /** The address that it was opened for; another one means another upstream. */
  readonly address: string;
  readonly upstream: Upstream;
  /** What this person's requests carry, where the connection says so. */
  readonly bearer: { token: string | undefined };
  /** Until what its connection declares was looked at anew: no call goes out before. */
  looking: Promise<unknown> | undefined;
  busy: number;
  usedAtMs: number;
}

/** Open upstreams, least recently used first, never more than a number of them. */
export interface HeldUpstreams {
  get(key: string): Held | undefined;
  /** Makes room; false when all are busy. */
  room(): boolean;
  add(held: Held): void;
  /** Closes those for which it is true and that no call uses. */
  closeIf(unwanted: (held: Held) => boolean): void;
  closeAll(): Promise<void>;
}

/** Starts empty. */
export function heldUpstreams(max: number): HeldUpstreams {
  const held = new Map<string, Held>();
  /** Stands last already. */
  let latest: Held | undefined;
  /** Replaced while calls ran in them: closed when the last has its answer. */
  const leaving = new Set<Held>();

  function close(one: Held): void {
    if (held.get(one.key) === one) held.delete(one.key);
    if (latest === one) latest = undefined;
    leaving.delete(one);
    void one.upstream.close();
  }

  return {
    get(key) {
      const found = held.get(key);
      if (!found || found === latest) return found;
      latest = found;
      held.delete(key);
      held.set(key, found);
      return found;
    },
    room() {
      if (held.size + leaving.size < max) return true;
      const idle = [...held.values()].find((one) => one.busy === 0);
      if (!idle) return false;
      close(idle);
      return true;
    },
    add(one) {
      const before = held.get(one.key);
      if (before) {
        if (before.busy === 0) close(before);
        else leaving.add(before);
      }
      held.set(one.key, one);
      latest = one;
    },
    closeIf(unwanted) {
      for (const one of [...held.values()]) if (one.busy === 0 && unwanted(one)) close(one);
      for (const one of [...leaving]) if (one.busy === 0) close(one);
    },
    async closeAll() {
      const all = [...held.values(), ...leaving];
      held.clear();
      leaving.clear();
      await Promise.allSettled(all.map((one) => one.upstream.close()));
    },
  };
}
