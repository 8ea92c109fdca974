import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ReachArgument, Sink, SinkKind } from '../../kernel/inventory.ts';
import { wordsOf } from './words.ts';

const depthMax = 6;
const propertiesMax = 400;

/** One argument, wherever it stands in the schema. */
export interface Argument {
  readonly name: string;
  readonly schema: JsonObject;
  readonly words: readonly string[];
  readonly depth: number;
}

/** Every argument of a schema, shallow ones first. Bounded: a schema may be deep, wide or contain itself. */
export function argumentsOf(schema: JsonObject | undefined): readonly Argument[] {
  const found: Argument[] = [];
  const seen = new Set<Json>();
  let level: { readonly node: Json; readonly prefix: string }[] = schema ? [{ node: schema, prefix: '' }] : [];
  for (let depth = 0; depth < depthMax && level.length > 0; depth++) {
    const next: { readonly node: Json; readonly prefix: string }[] = [];
    for (const { node, prefix } of level) {
      if (!isObject(node) || seen.has(node)) continue;
      seen.add(node);
      for (const key of ['allOf', 'anyOf', 'oneOf'] as const)
        for (const part of Array.isArray(node[key]) ? (node[key] as readonly Json[]).slice(0, 20) : []) next.push({ node: part, prefix });
      if (node['items'] !== undefined) next.push({ node: node['items'], prefix });
      for (const [name, child] of Object.entries(isObject(node['properties']) ? node['properties'] : {})) {
        if (found.length >= propertiesMax || !isObject(child)) continue;
        const path = prefix === '' ? name : `${prefix}.${name}`;
        found.push({ name: path, schema: child, words: wordsOf(name), depth });
        next.push({ node: child, prefix: path });
      }
    }
    level = next;
  }
  return found;
}

/** Whether a JSON value is an object. */
function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The values that an argument may take, where the schema lists them. */
export function choicesOf(schema: JsonObject): readonly string[] {
  const listed = Array.isArray(schema['enum']) ? schema['enum'] : [];
  const alternatives = (['anyOf', 'oneOf'] as const).flatMap((key) => (Array.isArray(schema[key]) ? (schema[key] as readonly Json[]) : []));
  const constants = alternatives.flatMap((one) =>
    isObject(one) ? [one['const'] ?? null, ...(Array.isArray(one['enum']) ? one['enum'] : [])] : [],
  );
  return [...listed, ...constants, schema['const'] ?? null].filter((one): one is string => typeof one === 'string').slice(0, 100);
}

const sinkWords: readonly (readonly [SinkKind, RegExp])[] = [
  [
    'recipient',
    /^(to|cc|bcc|recipients?|emails?|attendees?|invitees?|reviewers?|assignees?|phone|channel|chat)( (emails?|address|addresses|number|id|recipients?|list))?$|\brecipients?\b|\bemail addresse?s?\b/,
  ],
  ['url', /\b(url|uri|urls|uris|webhook|endpoint|callback|href|link|host|hostname|domain|origin)\b/],
  ['command', /^(command|cmd|shell|argv|cli command|commands|script args)$|\bcommand line\b/],
  ['sql', /^(sql|statement|sql query|raw query|query sql|raw sql)$/],
  ['code', /\b(code|script|javascript|python|function|expression|program|source code|notebook)\b/],
  ['path', /\b(path|paths|filename|file|filepath|directory|folder|destination|dest|output file)\b/],
  ['money', /\b(amount|iban|price|account number|currency|payee|beneficiary|wallet)\b/],
  [
    'content',
    /^(body|content|contents|text|message|messages|html|markdown|description|title|subject|comment|note|summary|value|data|payload|file content|comment body)$/,
  ],
];
const notCode =
  /\b(error|country|status|zip|post|postal|language|currency|area|color|product|discount|promo|response|exit|http|qr|bar|verification|service|location) code\b|\bsource code id\b/;

/** The arguments that attackers would like to fill. */
export function sinksOf(all: readonly Argument[]): readonly Sink[] {
  return all.flatMap(({ name, schema, words }) => {
    if (['boolean', 'integer'].includes(String(schema['type']))) return [];
    const spoken = words.join(' ');
    if (notCode.test(spoken)) return [];
    const found = sinkWords.find(([, pattern]) => pattern.test(spoken));
    const uri = schema['format'] === 'uri' ? ('url' as const) : schema['format'] === 'email' ? ('recipient' as const) : undefined;
    const kind = uri ?? found?.[0];
    return kind === undefined ? [] : [{ argument: name, kind }];
  });
}

const many = /s$|\b(ids|list|items|recipients|to|cc|bcc)\b/;
const selects = /\b(filter|query|where|segment|list id|audience|group id|campaign|selector|criteria|label selector|condition)\b/;

/** The argument that tells how many records or people one call touches. */
export function reachOf(all: readonly Argument[]): ReachArgument | undefined {
  const top = all.filter(({ depth }) => depth === 0);
  const lists = top.filter(({ schema, words }) => schema['type'] === 'array' && many.test(words.join(' ')));
  const people = lists.find(({ words }) => /\b(to|recipients?|emails?|attendees|invitees|users?|people|members)\b/.test(words.join(' ')));
  const list = people ?? lists[0];
  if (list) return { argument: list.name, kind: 'list' };
  const selection = top.find(({ words }) => selects.test(words.join(' ')));
  if (selection) return { argument: selection.name, kind: 'selection' };
  const limit = top.find(({ words }) => /^(limit|max results|page size|per page|count|top|first)$/.test(words.join(' ')));
  return limit && { argument: limit.name, kind: 'limit' };
}
