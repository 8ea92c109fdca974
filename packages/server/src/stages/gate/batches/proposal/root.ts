import { appendLeaves, emptyTree, leafHash, rootOf, type TreeHead } from '../../../../kernel/merkle.ts';

/** Leaves that are hashed before they are folded into the tree. */
const leavesAtOnce = 4_096;

/**
 * The RFC 6962 root over the digests of a batch's changes, sorted: it says what is in the batch and nothing of the order in
 * which it came, which is the agent's to choose.
 */
export function rootOfChanges(digests: readonly string[]): string {
  const sorted = digests.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  let head: TreeHead = emptyTree();
  for (let from = 0; from < sorted.length; from += leavesAtOnce)
    head = appendLeaves(
      head,
      sorted.slice(from, from + leavesAtOnce).map((digest) => leafHash(digest)),
    );
  return `sha256:${Buffer.from(rootOf(head)).toString('hex')}`;
}
