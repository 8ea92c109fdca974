import type { Json, JsonObject } from '@trapkey/contract/json.ts';

/** Stands in the structured part of an answer in place of a result: the call became a change of a batch. */
export const stagedKey = 'trapkey_staged';

const stagedSchema: JsonObject = {
  type: 'object',
  description: 'The call became a change of a batch that people look at first; nothing has happened.',
  properties: {
    [stagedKey]: {
      type: 'object',
      properties: { batch: { type: 'string' }, change: { type: 'integer' }, says: { type: 'string' } },
      required: ['batch', 'change', 'says'],
    },
  },
  required: [stagedKey],
};

const hoisted = ['$schema', '$defs', 'definitions'] as const;

/** An output schema that allows for a staged call too; undefined where it cannot be said without changing what it means. */
export function widened(schema: JsonObject): JsonObject | undefined {
  if (anchored(schema)) return undefined;
  const own: Record<string, Json> = {};
  const root: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) ((hoisted as readonly string[]).includes(key) ? root : own)[key] = value;
  return { ...root, type: 'object', anyOf: [own, stagedSchema] };
}

/** Whether something in it points to a place that moves when it is put under `anyOf`. */
function anchored(value: Json): boolean {
  if (Array.isArray(value)) return value.some(anchored);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value as JsonObject).some(([key, child]) => {
    if (key === '$id' || key === '$anchor' || key === '$dynamicRef' || key === '$dynamicAnchor' || key === '$recursiveRef') return true;
    if (key === '$ref') return typeof child !== 'string' || !/^#\/(\$defs|definitions)\//.test(child);
    return anchored(child);
  });
}
