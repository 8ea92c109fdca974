import type { Json, JsonObject } from '@trapkey/contract/json.ts';

const depthMax = 64;
const nodesMax = 20_000;
const workMax = 1_000_000;

/** Keywords whose subschemas look at the same value again: only through these can checking loop or explode. */
const inPlace = [
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentSchemas',
  '$ref',
  '$dynamicRef',
  '$recursiveRef',
] as const;

export interface SchemaLimits {
  /** Set for a recursive schema: how deep a value may be for checking to stay within bounds. */
  readonly valueDepthMax: number | undefined;
}

/** Refuses, in words, schemas that are too large or deep, refer outside themselves, or loop without going deeper. */
export function inspectSchema(schema: JsonObject): SchemaLimits {
  const seen = { nodes: 0, branches: 1, refs: new Set<string>() };
  walk(schema, 0, seen, new Set());
  for (const ref of seen.refs) resolve(schema, ref);
  const work = new Map<Json, number>();
  for (const ref of ['#', ...seen.refs]) costOf(schema, resolve(schema, ref), work, new Set());
  return {
    valueDepthMax: isRecursive(schema, seen.refs) ? Math.floor(Math.log(workMax) / Math.log(Math.max(2, seen.branches))) : undefined,
  };
}

function walk(node: unknown, depth: number, seen: { nodes: number; branches: number; refs: Set<string> }, above: Set<object>): void {
  if (typeof node !== 'object' || node === null) return;
  if (above.has(node)) throw new Error('The schema contains itself');
  if (depth > depthMax) throw new Error(`The schema is nested deeper than ${depthMax}`);
  if (++seen.nodes > nodesMax) throw new Error(`The schema has more than ${nodesMax} parts`);
  above.add(node);
  for (const [key, child] of Object.entries(node)) {
    if ((key === '$ref' || key === '$dynamicRef' || key === '$recursiveRef') && typeof child === 'string') {
      if (!child.startsWith('#'))
        throw new Error(`The schema refers to ${child.slice(0, 200)}; only references inside it (#/…) are followed`);
      seen.refs.add(child);
    }
    if (['allOf', 'anyOf', 'oneOf'].includes(key) && Array.isArray(child)) seen.branches = Math.max(seen.branches, child.length);
    walk(child, depth + 1, seen, above);
  }
  above.delete(node);
}

/** The part that a reference names: the whole, an anchor, or a JSON pointer. */
function resolve(schema: JsonObject, ref: string): Json {
  if (ref === '#') return schema;
  if (!ref.startsWith('#/')) {
    const anchored = findAnchor(schema, ref.slice(1));
    if (anchored === undefined) throw new Error(`The schema refers to ${ref.slice(0, 200)}, which it does not have`);
    return anchored;
  }
  let here: Json = schema;
  for (const raw of ref.slice(2).split('/')) {
    const key = decodeURIComponent(raw).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key))
      throw new Error(`The schema refers to ${ref.slice(0, 200)}, which it does not have`);
    here = (here as JsonObject)[key] as Json;
  }
  return here;
}

function findAnchor(node: Json, name: string): Json | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  if (!Array.isArray(node) && ((node as JsonObject)['$anchor'] === name || (node as JsonObject)['$dynamicAnchor'] === name)) return node;
  for (const child of Object.values(node)) {
    const found = findAnchor(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How many subschemas one value can meet without going deeper; a loop among them would never end. */
function costOf(root: JsonObject, node: Json, known: Map<Json, number>, above: Set<Json>): number {
  if (typeof node !== 'object' || node === null) return 0;
  const before = known.get(node);
  if (before !== undefined) return before;
  if (above.has(node)) throw new Error('The schema refers to itself without going deeper');
  above.add(node);
  let cost = 1;
  if (Array.isArray(node)) for (const child of node as readonly Json[]) cost += costOf(root, child, known, above);
  else {
    for (const key of inPlace) {
      const child = (node as JsonObject)[key];
      if (child === undefined) continue;
      if (typeof child === 'string') cost += costOf(root, resolve(root, child), known, above);
      else if (key === 'dependentSchemas') for (const part of Object.values(child as JsonObject)) cost += costOf(root, part, known, above);
      else cost += costOf(root, child, known, above);
      if (cost > nodesMax) throw new Error(`The schema combines more than ${nodesMax} alternatives`);
    }
  }
  above.delete(node);
  known.set(node, cost);
  return cost;
}

function isRecursive(schema: JsonObject, refs: ReadonlySet<string>): boolean {
  if ([...refs].some((ref) => !ref.startsWith('#/'))) return true;
  const targets = new Map([...refs].map((ref) => [ref, resolve(schema, ref)]));
  const reaches = (ref: string, seen: Set<string>): boolean => {
    if (seen.has(ref)) return true;
    const next = new Set([...seen, ref]);
    return refsIn(targets.get(ref)).some((inner) => reaches(inner, next));
  };
  return [...refs].some((ref) => reaches(ref, new Set()));
}

function refsIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) => (key === '$ref' && typeof child === 'string' ? [child] : refsIn(child)));
}
