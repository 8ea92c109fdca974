import type { Json, JsonObject } from '@trapkey/contract/json.ts';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** An argument that revision 2026-07-28 mirrors in a header (`x-mcp-header`), so that what stands between can route by it. */
export interface Mirrored {
  readonly header: string;
  readonly path: readonly string[];
}

/** The mirrored arguments of a tool. Only properties that are reachable without a choice (`oneOf`, `$ref` …) can be. */
export function mirroredIn(inputSchema: Json | undefined, path: readonly string[] = []): readonly Mirrored[] {
  const properties = fieldsOf(fieldsOf(inputSchema)['properties']);
  if (path.length > 8) return [];
  return Object.entries(properties).flatMap(([key, property]) => {
    const here = [...path, key];
    const header = fieldsOf(property)['x-mcp-header'];
    const own = typeof header === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(header) ? [{ header, path: here }] : [];
    return [...own, ...mirroredIn(property, here)];
  });
}

/** The value of a mirrored argument. */
export function valueAt(args: Json | undefined, path: readonly string[]): Json | undefined {
  let here = args;
  for (const key of path) here = fieldsOf(here)[key];
  return here;
}

/** A mirrored header's value; undefined when its Base64 wrapping is broken. */
export function decodeHeader(value: string): string | undefined {
  if (!value.startsWith('=?base64?') || !value.endsWith('?=') || value.length < 11) return value;
  const inner = value.slice(9, -2);
  if (!base64.test(inner)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(inner, 'base64'));
  } catch {
    return undefined;
  }
}

/** A value as a header can carry it. */
export function encodeHeader(value: string): string {
  const plain = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/.test(value) && !(value.startsWith('=?base64?') && value.endsWith('?='));
  return plain ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}

const none: JsonObject = {};

/** Own fields only: names come from outside. */
function fieldsOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...(value as JsonObject) } : none;
}
