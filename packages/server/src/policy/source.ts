import type { PolicyProblem } from '@trapkey/contract/policy/reports.ts';
import { type Document, isMap, isScalar, LineCounter, type Node, type Pair, parseAllDocuments } from 'yaml';

/** One document of a file, with a way back to its lines. */
export interface SourceDocument {
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly firstKey: string;
  /** Line and column of the value at a path, or of the nearest thing above it; with `key`, of that key inside it. */
  place(path: readonly PropertyKey[], key?: string): { readonly line: number; readonly column: number };
}

export interface Sources {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly PolicyProblem[];
}

const fileBytesMax = 1024 * 1024;
const aliasesMax = 100;
const depthMax = 40;

/** Reads every document of one YAML or JSON file (JSON is read as the subset of YAML that it is). */
export function readSource(file: string, text: string): Sources {
  if (Buffer.byteLength(text) > fileBytesMax)
    return { documents: [], problems: [{ file, line: 1, column: 1, says: `The file is over ${fileBytesMax} bytes` }] };
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, version: '1.2', prettyErrors: false, intAsBigInt: false });
  const documents: SourceDocument[] = [];
  const problems: PolicyProblem[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const wrong = [...document.errors, ...document.warnings];
    for (const error of wrong) problems.push({ file, ...position(lines, error.pos[0]), says: error.message });
    if (wrong.length > 0 || isEmpty(document)) continue;
    const read = readDocument(file, document, lines);
    if ('says' in read) problems.push(read);
    else documents.push(read);
  }
  return { documents, problems };
}

function readDocument(file: string, document: Document, lines: LineCounter): SourceDocument | PolicyProblem {
  const root = document.contents;
  const start = position(lines, root?.range?.[0] ?? 0);
  if (!isMap(root)) return { file, ...start, says: 'A document is a map that starts with its kind and id, like `connector: crm`' };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: aliasesMax });
  } catch (error) {
    return { file, ...start, says: error instanceof Error ? error.message : 'The document cannot be read' };
  }
  const bad = unsafe(value, 0);
  if (bad) return { file, ...start, says: bad };
  const record = value as Record<string, unknown>;
  return {
    file,
    value: record,
    firstKey: Object.keys(record)[0] ?? '',
    place: (path, key) => position(lines, offsetOf(root, path, key)),
  };
}

/** What JavaScript or a later reader could misread: prototype keys, keys that are not text, unending depth. */
function unsafe(value: unknown, depth: number): string | undefined {
  if (depth > depthMax) return `The document is nested deeper than ${depthMax}`;
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return 'A number is out of range';
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Map || value instanceof Set) return 'Keys must be text';
  for (const [key, child] of Object.entries(value)) {
    if (key === '__proto__') return 'The key `__proto__` is not allowed';
    const below = unsafe(child, depth + 1);
    if (below) return below;
  }
  return undefined;
}

function offsetOf(root: Node, path: readonly PropertyKey[], key: string | undefined): number {
  let node: Node = root;
  for (const segment of path) {
    const child = childOf(node, segment);
    if (!child) break;
    node = child;
  }
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item: Pair) => isScalar(item.key) && String(item.key.value) === key);
    if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  return node.range?.[0] ?? 0;
}

function childOf(node: Node, segment: PropertyKey): Node | undefined {
  if (!('get' in node) || typeof node.get !== 'function') return undefined;
  const child: unknown = node.get(typeof segment === 'symbol' ? String(segment) : segment, true);
  return typeof child === 'object' && child !== null && 'range' in child ? (child as Node) : undefined;
}

function isEmpty(document: Document): boolean {
  return document.contents === null || (isScalar(document.contents) && document.contents.value === null);
}

function position(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
