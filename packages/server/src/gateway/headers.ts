import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { ToolDefinition } from '@trapkey/contract/upstream.ts';
import { decodeHeader, type Mirrored, mirroredIn, valueAt } from '../kernel/mirrored.ts';

const decimal = /^-?\d+(\.\d+)?$/;
const declared = new WeakMap<ToolDefinition, readonly Mirrored[]>();

const mirroredFields: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** A sentence when `Mcp-Name` does not say what the body says (tools/call, prompts/get, resources/read, tasks/*). */
export function nameMismatch(method: string, params: JsonObject, headers: IncomingHttpHeaders): string | undefined {
  const field = mirroredFields[method];
  if (field === undefined) return undefined;
  const value = params[field];
  const header = headers['mcp-name'];
  if (header === undefined) return typeof value === 'string' ? `the body has params.${field}, the Mcp-Name header is missing` : undefined;
  const decoded = typeof header === 'string' ? decodeHeader(header) : undefined;
  if (decoded === undefined) return 'the Mcp-Name header is not valid Base64';
  return typeof value === 'string' && decoded !== value ? `the body has another params.${field} than the Mcp-Name header` : undefined;
}

/** A sentence when an `Mcp-Param-*` header of a tool does not say what its argument says. */
export function paramMismatch(tool: ToolDefinition, args: JsonObject, headers: IncomingHttpHeaders): string | undefined {
  for (const { header, path } of declarations(tool)) {
    const value = valueAt(args, path);
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

function declarations(tool: ToolDefinition): readonly Mirrored[] {
  let found = declared.get(tool);
  if (!found) {
    found = mirroredIn(tool.inputSchema);
    declared.set(tool, found);
  }
  return found;
}
