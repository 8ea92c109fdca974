import { createHash } from 'node:crypto';
import type { Valid } from '../validate.ts';

/** One leaf of a set: a value, or one member of a list that counts as a set. */
export interface Leaf {
  readonly document: string;
  readonly kind: string;
  readonly path: readonly string[];
  /** True for a member of a list: it is there or not, its place means nothing. */
  readonly member: boolean;
  readonly value: unknown;
}

/** Lists whose order has a meaning; they are compared as one value. */
const ordered = new Set(['command', 'check']);

/** A set as leaves by key, so that two of them can be compared field by field. */
export function flatten(documents: readonly Valid[]): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  for (const { kind, id, body } of documents) {
    const document = kind === 'directory' ? 'directory' : `${kind} ${id}`;
    const add = (path: readonly string[], member: boolean, value: unknown): void => {
      const key = JSON.stringify([document, ...path, ...(member ? [stable(value)] : [])]);
      leaves.set(key, { document, kind, path, member, value });
    };
    const walk = (value: unknown, path: readonly string[]): void => {
      if (Array.isArray(value) && !ordered.has(path.at(-1) ?? '') && !path.includes('arguments'))
        for (const member of value) add(path, true, member);
      else if (typeof value === 'object' && value !== null && !Array.isArray(value) && path.at(-1) !== 'arguments') {
        // A tool is a leaf of its own for the same reason as a document.
        if (path.length === 2 && path[0] === 'tools') add(path, false, 'offered');
        for (const [key, child] of Object.entries(value)) if (child !== undefined) walk(child, [...path, key]);
      } else add(path, false, value);
    };
    // The document itself is a leaf, so that a new or removed one is one change and not twenty.
    add([], false, id);
    walk(body, []);
  }
  return leaves;
}

/** The digests of list files as leaves: their values may be anybody's, so they are never shown. */
export function listLeaves(
  lists: ReadonlyMap<string, { readonly digest: string; readonly values: ReadonlySet<string> }>,
): ReadonlyMap<string, Leaf> {
  return new Map(
    [...lists].map(([name, list]) => [
      `list ${name}`,
      {
        document: `list ${name}`,
        kind: 'list',
        path: ['values'],
        member: false,
        value: `${list.values.size} values (${short(list.digest)})`,
      },
    ]),
  );
}

function short(digest: string): string {
  return digest.slice(7, 19);
}

function stable(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value, (_, child: unknown) => (isPlain(child) ? Object.fromEntries(Object.entries(child).sort()) : child)) ?? '')
    .digest('hex');
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
