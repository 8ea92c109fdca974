import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { revealed, withoutCitations } from '../../kernel/revealed.ts';

const depthMax = 64;

/** Keys of `_meta` that are the protocol's or the transport's: what they say is said by Trapkey, or by nobody. */
const kept = new Set(['io.modelcontextprotocol/related-task', 'ui']);

export interface Cleaned {
  readonly value: JsonObject;
  /** What was done, by the record's short words. */
  readonly screened: readonly string[];
}

function meta(value: Json, drop: () => void): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value as JsonObject);
  const keep = entries.filter(([key]) => kept.has(key));
  if (keep.length < entries.length) drop();
  return keep.length === 0 ? undefined : Object.fromEntries(keep);
}

/**
 * Walks everything that an upstream said: hidden characters and forged citations in every string are made visible, `_meta` loses what is not
 * known. What poses as binary is walked like the rest: real base64 has nothing to show. `opaque` goes through untouched.
 */
export function cleaned(result: JsonObject, opaque: ReadonlySet<string>): Cleaned {
  const screened = new Set<string>();
  const walk = (value: Json, depth: number): Json => {
    if (depth > depthMax) throw new Error(`the answer is nested deeper than ${depthMax}`);
    if (typeof value === 'string') {
      const shown = revealed(value);
      if (shown !== value) screened.add('hidden_characters');
      const own = withoutCitations(shown);
      if (own !== shown) screened.add('citation');
      return own;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((one) => walk(one, depth + 1));
    return fields(value as JsonObject, depth);
  };
  const fields = (value: JsonObject, depth: number): JsonObject => {
    const out: [string, Json][] = [];
    for (const [key, child] of Object.entries(value)) {
      if (depth === 0 && opaque.has(key)) out.push([key, child]);
      else if (key !== '_meta') out.push([walk(key, 0) as string, walk(child, depth + 1)]);
      else {
        const known = meta(child, () => screened.add('meta'));
        if (known) out.push([key, walk(known, depth + 1)]);
      }
    }
    return Object.fromEntries(out);
  };
  return { value: fields(result, 0), screened: [...screened] };
}
