import { type Document, isMap, isScalar, type Pair, parseAllDocuments, stringify, type YAMLMap } from 'yaml';

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };
export type Path = readonly string[];

/** One document of a text: where it stands, and what it says. */
export interface TextDocument {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly value: Readonly<Record<string, unknown>>;
  /** Its first key and what that names. */
  readonly kind: string;
  readonly id: string;
}

/** The documents of a text; undefined where it cannot be read now. */
export function documentsOf(text: string): readonly TextDocument[] | undefined {
  const parsed = parsedOf(text);
  return parsed?.flatMap((document, index) => {
    const root = document.contents;
    const value = document.toJS({ maxAliasCount: 100 }) as unknown;
    if (!isMap(root) || typeof value !== 'object' || value === null) return [];
    const [kind = '', id] = Object.entries(value)[0] ?? [];
    const named = typeof id === 'string' ? id : '';
    return [
      { index, from: root.range?.[0] ?? 0, to: root.range?.[2] ?? text.length, value: value as TextDocument['value'], kind, id: named },
    ];
  });
}

/**
 * The text with one value of one document set, or taken out with undefined. Only the bytes of that value change: comments, order and
 * spacing of everything else stay. What cannot be done in place is done by writing the document anew, comments kept.
 */
export function withValue(text: string, index: number, path: Path, value: Value | undefined): string {
  const parsed = parsedOf(text);
  const document = parsed?.[index];
  if (!document || !isMap(document.contents)) return text;
  const spliced = splice(text, document.contents, path, value);
  if (spliced === text) return text;
  if (spliced !== undefined && says(spliced, index, path, value, text)) return spliced;
  return rewritten(text, document, path, value);
}

function parsedOf(text: string): readonly Document.Parsed[] | undefined {
  const parsed = parseAllDocuments(text, { version: '1.2', prettyErrors: false });
  if (!Array.isArray(parsed) || parsed.some(({ errors }) => errors.length > 0)) return undefined;
  return parsed;
}

function splice(text: string, root: YAMLMap, path: Path, value: Value | undefined): string | undefined {
  let map = root;
  for (const [at, key] of path.entries()) {
    const pair = pairOf(map, key);
    if (!pair) return value === undefined ? text : inserted(text, map, path.slice(at), value);
    if (at === path.length - 1) return value === undefined ? without(text, map, pair) : replaced(text, pair, value);
    if (!isMap(pair.value)) return undefined;
    map = pair.value;
  }
  return undefined;
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

const rangeOf = (node: unknown) => (node as { readonly range?: readonly [number, number, number] | null } | null)?.range ?? undefined;

function replaced(text: string, pair: Pair, value: Value): string | undefined {
  const range = rangeOf(pair.value);
  return range && text.slice(0, range[0]) + flow(value) + text.slice(range[1]);
}

function inserted(text: string, map: YAMLMap, [key = '', ...rest]: Path, value: Value): string | undefined {
  const inner = rest.reduceRight<Value>((below, name) => ({ [name]: below }), value);
  const pair = `${key}: ${flow(inner)}`;
  const range = rangeOf(map);
  if (!range) return undefined;
  if (map.flow === true) {
    const close = range[1] - 1;
    const before = text.slice(0, close).trimEnd();
    const gap = map.items.length === 0 ? ' ' : ', ';
    return `${before}${gap}${pair} ${text.slice(close)}`;
  }
  const first = rangeOf(map.items[0]?.key);
  const last = rangeOf(map.items.at(-1)?.value);
  if (!first || !last) return undefined;
  const indent = ' '.repeat(first[0] - (text.lastIndexOf('\n', first[0] - 1) + 1));
  const ended = text[last[1] - 1] === '\n';
  const end = ended ? last[1] : text.indexOf('\n', last[1]);
  if (end === -1) return `${text}\n${indent}${pair}\n`;
  return ended ? `${text.slice(0, end)}${indent}${pair}\n${text.slice(end)}` : `${text.slice(0, end)}\n${indent}${pair}${text.slice(end)}`;
}

function without(text: string, map: YAMLMap, pair: Pair): string | undefined {
  const [key, value] = [rangeOf(pair.key), rangeOf(pair.value)];
  if (!key || !value) return undefined;
  if (map.flow === true) {
    const after = /^\s*,\s*/.exec(text.slice(value[1]))?.[0].length;
    if (after !== undefined) return text.slice(0, key[0]) + text.slice(value[1] + after);
    return text.slice(0, key[0]).replace(/,?\s*$/, ' ') + text.slice(value[1]).trimStart();
  }
  const line = text.lastIndexOf('\n', key[0] - 1) + 1;
  if (text.slice(line, key[0]).trim() !== '') return undefined;
  const end = text[value[1] - 1] === '\n' ? value[1] : text.indexOf('\n', value[1]) + 1;
  return text.slice(0, line) + (end === 0 ? '' : text.slice(end));
}

function flow(value: Value): string {
  return stringify(value, {
    collectionStyle: 'flow',
    lineWidth: 0,
    flowCollectionPadding: typeof value === 'object' && !Array.isArray(value),
  }).trimEnd();
}

/** Whether a text says what was meant at that place, and everything else as before. */
function says(text: string, index: number, path: Path, value: Value | undefined, before: string): boolean {
  const [now, was] = [parsedOf(text), parsedOf(before)];
  if (!now || !was || now.length !== was.length) return false;
  was[index]?.[value === undefined ? 'deleteIn' : 'setIn'](path, value);
  return was.every((document, at) => JSON.stringify(sorted(document.toJS())) === JSON.stringify(sorted(now[at]?.toJS())));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}

function rewritten(text: string, document: Document.Parsed, path: Path, value: Value | undefined): string {
  const [from, , to] = rangeOf(document.contents) ?? [0, 0, text.length];
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, value);
  const written = stringify(document.contents, { lineWidth: 0 });
  return text.slice(0, from) + written + text.slice(to);
}
