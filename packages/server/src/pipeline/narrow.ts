import type { Json, JsonObject } from '@trapkey/contract/json.ts';

type Schema = Json | undefined;

/** Keywords that stand for themselves, so that the two schemas can be written as one. */
const joinable = new Set([
  ...[
    'title',
    'description',
    'default',
    'examples',
    'type',
    'enum',
    'const',
    'format',
    'pattern',
    'required',
    'properties',
    'additionalProperties',
  ],
  ...[
    'items',
    'minimum',
    'maximum',
    'exclusiveMinimum',
    'exclusiveMaximum',
    'multipleOf',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
  ],
  ...['uniqueItems', 'minProperties', 'maxProperties', 'allOf'],
]);
/** With one of these, what another keyword means depends on what stands beside it. */
const dependent = ['$ref', '$dynamicRef', 'patternProperties', 'unevaluatedProperties', 'unevaluatedItems', 'prefixItems'];

/**
 * The schema that holds exactly when both do, written so that a client can read it: what only one says stands side by
 * side, the narrower of two bounds wins, and what cannot be joined is kept under `allOf`.
 */
export function narrowed(own: JsonObject, overlay: JsonObject): JsonObject {
  if (!isJoinable(own, overlay)) return { ...own, allOf: [...listOf(own['allOf']), overlay] };
  const joined: Record<string, Json> = { ...own };
  const rest: Record<string, Json> = {};
  for (const [keyword, value] of Object.entries(overlay)) {
    const both = own[keyword] === undefined ? value : join(keyword, own[keyword], value);
    if (both === undefined) rest[keyword] = value;
    else joined[keyword] = both;
  }
  if (own['properties'] !== undefined || overlay['properties'] !== undefined) joined['properties'] = properties(own, overlay);
  if (Object.keys(rest).length > 0) joined['allOf'] = [...listOf(joined['allOf']), rest];
  return joined;
}

function isJoinable(own: JsonObject, overlay: JsonObject): boolean {
  const open = (schema: JsonObject) => schema['additionalProperties'] === undefined || typeof schema['additionalProperties'] === 'boolean';
  return (
    Object.keys(overlay).every((keyword) => joinable.has(keyword)) &&
    !dependent.some((keyword) => keyword in own) &&
    open(own) &&
    open(overlay)
  );
}

/** Undefined when the two cannot be said as one. */
function join(keyword: string, own: Json, overlay: Json): Json | undefined {
  if (JSON.stringify(own) === JSON.stringify(overlay)) return own;
  switch (keyword) {
    case 'title':
    case 'description':
    case 'default':
    case 'examples':
      return overlay;
    case 'required':
      return [...new Set([...listOf(own), ...listOf(overlay)])];
    case 'allOf':
      return [...listOf(own), ...listOf(overlay)];
    case 'enum':
      return common(listOf(own), listOf(overlay));
    case 'properties':
      return own;
    case 'items':
    case 'additionalProperties':
      return both(own, overlay);
    default:
      return typeof own === 'number' && typeof overlay === 'number' ? bound(keyword, own, overlay) : undefined;
  }
}

function bound(keyword: string, own: number, overlay: number): number | undefined {
  if (/^(min|exclusiveMin)/.test(keyword)) return Math.max(own, overlay);
  return /^(max|exclusiveMax)/.test(keyword) ? Math.min(own, overlay) : undefined;
}

/** Undefined when nothing is common: an empty `enum` is no schema. */
function common(own: readonly Json[], overlay: readonly Json[]): readonly Json[] | undefined {
  const shared = own.filter((value) => overlay.some((other) => JSON.stringify(other) === JSON.stringify(value)));
  return shared.length > 0 ? shared : undefined;
}

/** A property that the other side does not know is only as good as the other side's `additionalProperties`. */
function properties(own: JsonObject, overlay: JsonObject): JsonObject {
  const mine = objectOf(own['properties']);
  const theirs = objectOf(overlay['properties']);
  const closed = own['additionalProperties'] === false || overlay['additionalProperties'] === false;
  const joined: Record<string, Json> = {};
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const left = Object.hasOwn(mine, name) ? mine[name] : own['additionalProperties'];
    const right = Object.hasOwn(theirs, name) ? theirs[name] : overlay['additionalProperties'];
    const schema = both(left, right);
    if (schema !== false || !closed) Object.defineProperty(joined, name, { value: schema, enumerable: true });
  }
  return joined;
}

/** Two schemas, either of which may be `true`, `false` or absent. */
function both(own: Schema, overlay: Schema): Json {
  if (own === false || overlay === false) return false;
  if (isObject(own) && isObject(overlay)) return narrowed(own, overlay);
  return (isObject(own) ? own : overlay) ?? own ?? true;
}

function listOf(value: Schema): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: Schema): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: Schema): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
