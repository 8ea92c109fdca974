import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ToolDefinition } from '@trapkey/contract/upstream.ts';
import { modernVersion } from '../envelope.ts';

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const plain = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;
const encoded = /^=\?base64\?.*\?=$/s;

/** An argument that is mirrored into a header: where it stands, and the header. */
export interface Mirrored {
  readonly path: readonly string[];
  readonly header: string;
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A header value as the protocol encodes it: as it is where that is safe, else base64 with a sentinel. */
export function headerValue(value: string): string {
  return plain.test(value) && !encoded.test(value) ? value : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

/** The `x-mcp-header` properties of a schema, reached through `properties` alone. */
export function mirroredOf(schema: JsonObject, path: readonly string[] = []): readonly Mirrored[] {
  const { properties } = schema;
  if (!isObject(properties) || path.length > 16) return [];
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isObject(property)) return [];
    const declared = property['x-mcp-header'];
    const own =
      typeof declared === 'string' && token.test(declared)
        ? [{ path: [...path, name], header: `mcp-param-${declared.toLowerCase()}` }]
        : [];
    return [...own, ...mirroredOf(property, [...path, name])];
  });
}

/** What each tool mirrors; tools that mirror nothing are left out. */
export function mirroredByTool(tools: readonly ToolDefinition[]): ReadonlyMap<string, readonly Mirrored[]> {
  return new Map(tools.map((tool) => [tool.name, mirroredOf(tool.inputSchema)] as const).filter(([, found]) => found.length > 0));
}

function primitive(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
    ? String(value)
    : undefined;
}

/** The headers of 2026 that mirror the body, made from the same decided params. */
export function modernHeaders(method: string, params: JsonObject, mirrored: readonly Mirrored[]): Record<string, string> {
  const headers: Record<string, string> = { 'mcp-protocol-version': modernVersion, 'mcp-method': method };
  const name = method === 'resources/read' ? params['uri'] : params['name'];
  if (typeof name === 'string') headers['mcp-name'] = headerValue(name);
  for (const { path, header } of mirrored) {
    let value: unknown = params['arguments'];
    for (const key of path) value = isObject(value) ? value[key] : undefined;
    const text = primitive(value);
    if (text !== undefined) headers[header] = headerValue(text);
  }
  return headers;
}
