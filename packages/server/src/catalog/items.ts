import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Definitions } from '@trapkey/contract/upstream.ts';
import canonicalize from 'canonicalize';
import type { DefinitionKind } from '../kernel/definition-kind.ts';

/** One definition as it is pinned: only what a review covers is kept, and ever served. */
export interface Item {
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly digest: string;
  /** Canonical JSON (RFC 8785) of the covered fields. */
  readonly body: string;
}

/** The fields that a digest covers. Anything else that an upstream puts into a definition is dropped. */
const covered: Readonly<Record<DefinitionKind, readonly string[]>> = {
  tool: ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'],
  prompt: ['name', 'title', 'description', 'arguments'],
  resource: ['uri', 'name', 'title', 'description', 'mimeType', 'annotations'],
  template: ['uriTemplate', 'name', 'title', 'description', 'mimeType', 'annotations'],
  server: ['name', 'version', 'instructions', 'capabilities'],
};

/** A server's new version alone is no change of what it says. */
const undigested: Readonly<Partial<Record<DefinitionKind, readonly string[]>>> = { server: ['version'] };

function wellFormed(value: Json): Json {
  return JSON.parse(JSON.stringify(value), (_, child) => (typeof child === 'string' ? child.toWellFormed() : child)) as Json;
}

function item(kind: DefinitionKind, key: string, definition: JsonObject): Item | undefined {
  const name = definition[key];
  if (typeof name !== 'string' || name === '') return undefined;
  const fields = covered[kind]
    .filter((field) => definition[field] !== undefined)
    .map((field) => [field, wellFormed(definition[field] as Json)] as const);
  const body = canonicalize(Object.fromEntries(fields)) ?? '{}';
  const reviewed = canonicalize(Object.fromEntries(fields.filter(([field]) => !undigested[kind]?.includes(field)))) ?? '{}';
  return { kind, name: name.toWellFormed(), digest: `sha256:${createHash('sha256').update(reviewed).digest('hex')}`, body };
}

/** Everything that an upstream declares, by kind and name; of two with one name the first counts. */
export function itemsOf(definitions: Definitions): ReadonlyMap<string, Item> {
  const { serverInfo, instructions, capabilities } = definitions;
  const server: JsonObject = {
    name: serverInfo.name,
    version: serverInfo.version,
    ...(instructions !== undefined && { instructions }),
    capabilities,
  };
  const all = [
    item('server', 'name', { ...server, name: serverInfo.name || 'unknown' }),
    ...definitions.tools.map((tool) => item('tool', 'name', tool as unknown as JsonObject)),
    ...definitions.prompts.map((prompt) => item('prompt', 'name', prompt)),
    ...definitions.resources.map((resource) => item('resource', 'uri', resource)),
    ...definitions.resourceTemplates.map((template) => item('template', 'uriTemplate', template)),
  ];
  const items = new Map<string, Item>();
  for (const one of all) {
    if (!one) continue;
    // There is one server: renamed, it is the same row and a change.
    const named = one.kind === 'server' ? { ...one, name: 'server' } : one;
    if (!items.has(rowKey(named))) items.set(rowKey(named), named);
  }
  return items;
}

/** What tells definitions of one connection apart. */
export function rowKey({ kind, name }: Pick<Item, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}
