import { appendLeaves, emptyTree, rootOf, type TreeHead } from '../../kernel/merkle.ts';

/** A tree that is rebuilt leaf by leaf, and knows when it no longer can be. */
export interface GrowingTree {
  size(): number;
  add(leaf: Uint8Array): void;
  /** Entries whose hash is not known: from here the root is unknown too. */
  skip(count: number): void;
  lose(): void;
  /** The root over everything so far; undefined once it was lost. */
  root(): Uint8Array | undefined;
  head(): TreeHead | undefined;
  /** Goes on from a head of the present size that is known to be right. */
  resume(head: TreeHead): void;
}

const batch = 512;

/** Starts empty. */
export function growTree(): GrowingTree {
  let head: TreeHead | undefined = emptyTree();
  let pending: Uint8Array[] = [];
  let size = 0;
  const settle = (): TreeHead | undefined => {
    if (head && pending.length > 0) head = appendLeaves(head, pending);
    pending = [];
    return head;
  };
  return {
    size: () => size,
    add(leaf) {
      size += 1;
      if (!head) return;
      pending.push(leaf);
      if (pending.length === batch) settle();
    },
    skip(count) {
      size += count;
    },
    lose() {
      head = undefined;
      pending = [];
    },
    root() {
      const now = settle();
      return now && rootOf(now);
    },
    head: settle,
    resume(from) {
      head = from;
      pending = [];
    },
  };
}
