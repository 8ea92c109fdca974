import type { Json, JsonObject } from './json.ts';

/** Bounds of a standing grant that hold for exactly these arguments and no others: a person then widens what may vary. */
export function boundsOf(args: JsonObject): string {
  const names = Object.keys(args).toSorted();
  const each = names.map(
    (name) => `${/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `args.${name}` : `args[${literal(name)}]`} == ${literal(args[name] ?? null)}`,
  );
  return [...each, `size(args) == ${names.length}`].join(' && ');
}

function literal(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, child]) => `${JSON.stringify(key)}: ${literal(child as Json)}`)
      .join(', ')}}`;
  // JSON's escapes are CEL's, too.
  return JSON.stringify(value);
}
