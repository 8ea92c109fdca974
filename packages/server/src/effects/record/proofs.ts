import { appendLeaves, emptyTree, nodeHash, rootOf } from '../../kernel/merkle.ts';

/** The largest power of two that is smaller than the size. */
function split(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

function rootOver(leaves: readonly Uint8Array[], from: number, to: number): Uint8Array {
  return rootOf(appendLeaves(emptyTree(), leaves.slice(from, to)));
}

/** RFC 6962 2.1.1: the audit path of one leaf, from all leaf hashes of the tree. */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves.length)
    throw new Error(`No leaf ${index} in a tree of ${leaves.length}.`);
  const path: Uint8Array[] = [];
  let [from, to] = [0, leaves.length];
  while (to - from > 1) {
    const middle = from + split(to - from);
    if (index < middle) {
      path.push(rootOver(leaves, middle, to));
      to = middle;
    } else {
      path.push(rootOver(leaves, from, middle));
      from = middle;
    }
  }
  return path.reverse();
}

/** What an inclusion proof claims. */
export interface InclusionClaim {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** RFC 9162 2.1.3.2. Needs no leaf but the one. */
export function verifyInclusion({ leaf, index, size, proof, root }: InclusionClaim): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let [at, last, node] = [index, size - 1, leaf];
  for (const step of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      node = nodeHash(step, node);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else node = nodeHash(node, step);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(node, root);
}

/** RFC 6962 2.1.2: that the tree of the first `oldSize` leaves is a prefix of the tree of all of them. */
export function consistencyProof(leaves: readonly Uint8Array[], oldSize: number): readonly Uint8Array[] {
  if (!Number.isSafeInteger(oldSize) || oldSize < 1 || oldSize > leaves.length)
    throw new Error(`No tree of ${oldSize} in one of ${leaves.length}.`);
  const path: Uint8Array[] = [];
  let [from, to, whole] = [0, leaves.length, true];
  while (oldSize !== to) {
    const middle = from + split(to - from);
    if (oldSize <= middle) {
      path.push(rootOver(leaves, middle, to));
      to = middle;
    } else {
      path.push(rootOver(leaves, from, middle));
      from = middle;
      whole = false;
    }
  }
  if (!whole) path.push(rootOver(leaves, from, to));
  return path.reverse();
}

/** What a consistency proof claims. */
export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162 2.1.4.2: true only when the larger tree starts with the smaller one. */
export function verifyConsistency({ oldSize, oldRoot, size, root, proof }: ConsistencyClaim): boolean {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(size) || oldSize < 1 || oldSize > size) return false;
  if (oldSize === size) return proof.length === 0 && equal(oldRoot, root);
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  const first = path[0];
  if (!first) return false;
  let [at, last, before, after] = [oldSize - 1, size - 1, first, first];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  for (const step of path.slice(1)) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      before = nodeHash(step, before);
      after = nodeHash(step, after);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else after = nodeHash(after, step);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(before, oldRoot) && equal(after, root);
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  return split(value * 2) === value;
}

/** Byte equality; hashes are public, so time does not matter. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
