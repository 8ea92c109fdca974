import type { IncomingHttpHeaders } from 'node:http';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ToolDefinition } from '@trapkey/contract/upstream.ts';
import { isObject } from './rpc.ts';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const decimal = /^-?\d+(\.\d+)?$/;

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

/** A sentence when `Mcp-Name` does not say what the body says (tools/call, prompts/get, resources/read). */
export function nameMismatch(method: string, params: JsonObject, headers: IncomingHttpHeaders): string | undefined {
  const field = method === 'tools/call' || method === 'prompts/get' ? 'name' : method === 'resources/read' ? 'uri' : undefined;
  if (field === undefined) return undefined;
  const value = params[field];
  const header = headers['mcp-name'];
  if (header === undefined) return typeof value === 'string' ? `the body has params.${field}, the Mcp-Name header is missing` : undefined;
  const decoded = typeof header === 'string' ? decodeHeader(header) : undefined;
  if (decoded === undefined) return 'the Mcp-Name header is not valid Base64';
  return typeof value === 'string' && decoded !== value ? `the body has another params.${field} than the Mcp-Name header` : undefined;
}

interface Declared {
  readonly header: string;
  readonly path: readonly string[];
}

const declared = new WeakMap<ToolDefinition, readonly Declared[]>();

/** A sentence when an `Mcp-Param-*` header of a tool does not say what its argument says. */
export function paramMismatch(tool: ToolDefinition, args: JsonObject, headers: IncomingHttpHeaders): string | undefined {
  for (const { header, path } of declarations(tool)) {
    const value = at(args, path);
    const expected =
      typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
    if (expected === undefined) continue;
    const raw = headers[`mcp-param-${header.toLowerCase()}`];
    if (typeof raw !== 'string') return `argument ${path.join('.')} needs the header Mcp-Param-${header}`;
    const decoded = decodeHeader(raw);
    if (decoded === undefined) return `the header Mcp-Param-${header} is not valid Base64`;
    const same = typeof value === 'number' && decimal.test(decoded) ? Number(decoded) === value : decoded === expected;
    if (!same) return `argument ${path.join('.')} and the header Mcp-Param-${header} differ`;
  }
  return undefined;
}

function declarations(tool: ToolDefinition): readonly Declared[] {
  let found = declared.get(tool);
  if (!found) {
    found = collect(tool.inputSchema, [], 0);
    declared.set(tool, found);
  }
  return found;
}

/** Only properties that are reachable without a choice (`oneOf`, `$ref` …) can be mirrored. */
function collect(schema: JsonObject, path: readonly string[], depth: number): Declared[] {
  const { properties } = schema;
  if (!isObject(properties) || depth > 8) return [];
  return Object.entries(properties).flatMap(([key, property]) => {
    if (!isObject(property)) return [];
    const header = property['x-mcp-header'];
    const own = typeof header === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(header) ? [{ header, path: [...path, key] }] : [];
    return [...own, ...collect(property, [...path, key], depth + 1)];
  });
}

function at(root: Json, path: readonly string[]): Json | undefined {
  let here: Json | undefined = root;
  for (const key of path) here = isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  return here;
}
