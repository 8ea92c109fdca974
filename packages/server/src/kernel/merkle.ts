import { hash } from 'node:crypto';

/** The head of an RFC 6962 tree: its size and the roots of its perfect subtrees, largest first. Enough to append to it. */
export interface TreeHead {
  readonly size: number;
  readonly peaks: readonly Uint8Array[];
}

export const hashBytes = 32;

/** A tree with nothing in it. */
export function emptyTree(): TreeHead {
  return { size: 0, peaks: [] };
}

/** SHA-256(0x00 ‖ bytes). A string is its UTF-8 bytes. */
export function leafHash(bytes: Uint8Array | string): Uint8Array {
  if (typeof bytes === 'string') return hash('sha256', `\0${bytes}`, 'buffer');
  const prefixed = new Uint8Array(bytes.length + 1);
  prefixed.set(bytes, 1);
  return hash('sha256', prefixed, 'buffer');
}

// One scratch for all nodes: hashing is synchronous, and an allocation a node would double its cost.
const scratch = new Uint8Array(1 + 2 * hashBytes);
scratch[0] = 1;

/** The same in hexadecimal, which costs two thirds of making bytes of it. */
export function leafHex(text: string): string {
  return hash('sha256', `\0${text}`, 'hex');
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  scratch.set(left, 1);
  scratch.set(right, 1 + hashBytes);
  return hash('sha256', scratch, 'buffer');
}

/** The tree after these leaf hashes; the given head is not changed. */
export function appendLeaves(head: TreeHead, leaves: readonly Uint8Array[]): TreeHead {
  const peaks = [...head.peaks];
  let size = head.size;
  for (const leaf of leaves) {
    let node = leaf;
    // Each set low bit of the size is a perfect subtree that the new leaf completes into a larger one.
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) node = nodeHash(peaks.pop() as Uint8Array, node);
    peaks.push(node);
    size += 1;
  }
  return { size, peaks };
}

/** The root: the peaks folded from the right. The empty tree's is SHA-256 of nothing. */
export function rootOf(head: TreeHead): Uint8Array {
  const last = head.peaks.at(-1);
  if (!last) return hash('sha256', '', 'buffer');
  let root = last;
  for (let i = head.peaks.length - 2; i >= 0; i--) root = nodeHash(head.peaks[i] as Uint8Array, root);
  return root;
}

/** The peaks as one byte string, as the tree table holds them. */
export function encodePeaks(head: TreeHead): Uint8Array {
  const bytes = new Uint8Array(head.peaks.length * hashBytes);
  head.peaks.forEach((peak, i) => {
    bytes.set(peak, i * hashBytes);
  });
  return bytes;
}

/** Reads the peaks back; throws when their number does not belong to that size. */
export function decodePeaks(size: number, bytes: Uint8Array): TreeHead {
  if (!Number.isSafeInteger(size) || size < 0) throw new Error(`The tree cannot have ${size} leaves.`);
  const count = bitsSet(size);
  if (bytes.length !== count * hashBytes) throw new Error(`A tree of ${size} leaves has ${count} peaks; ${bytes.length} bytes are stored.`);
  const peaks = Array.from({ length: count }, (_, i) => Uint8Array.from(bytes.subarray(i * hashBytes, (i + 1) * hashBytes)));
  return { size, peaks };
}

function bitsSet(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}
