import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { findNodeAtLocation, getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { UserError } from '../../kernel/errors.ts';
import { objectOf, parseJson } from '../readers/json.ts';

const entriesMax = 500;

/** A server entry with its place in the text. */
export interface FileEntry {
  readonly path: readonly string[];
  readonly name: string;
  readonly value: JsonObject;
  readonly offset: number;
  readonly length: number;
}

/** The server entries of a client's configuration, in the order of the text. What is not certain is refused, not guessed. */
export function entriesIn(text: string, file: string): readonly FileEntry[] {
  const refuse = (says: string): never => {
    throw new UserError(`${file} ${says}. Nothing was changed.`, 'Mend the file and try again.');
  };
  if (!parseJson(text, (_, says) => refuse(says))) refuse('holds no JSON object');
  const errors: ParseError[] = [];
  const root = parseTree(blanked(text), errors, { allowTrailingComma: true });
  const [first] = errors.filter(({ error }) => printParseErrorCode(error) !== 'InvalidCommentToken');
  if (!root || first) return refuse('is not valid JSON');
  const twice = repeated(root);
  if (twice !== undefined) refuse(`says ${JSON.stringify(twice.slice(0, 80))} twice, and readers differ on which counts`);
  const found = placesIn(root).flatMap((path) => serversAt(root, path));
  if (found.length > entriesMax) refuse(`holds more than ${entriesMax} servers`);
  return found.toSorted((a, b) => a.offset - b.offset);
}

/** A byte order mark as a space, so that every offset stays where it is in the text. */
function blanked(text: string): string {
  return text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
}

/** Where clients keep servers: at the top, for one project each, or in the file itself. */
function placesIn(root: Node): readonly (readonly string[])[] {
  const value = getNodeValue(root) as JsonObject;
  const named = ['mcpServers', 'servers'].filter((key) => objectOf(value[key]) !== undefined).slice(0, 1);
  const projects = Object.entries(objectOf(value['projects']) ?? {})
    .filter(([, project]) => objectOf(objectOf(project)?.['mcpServers']) !== undefined)
    .map(([project]) => ['projects', project, 'mcpServers']);
  if (named.length > 0 || projects.length > 0) return [...named.map((key) => [key]), ...projects];
  const bare = Object.values(value).every((one) => {
    const entry = objectOf(one as Json);
    return entry !== undefined && ('command' in entry || 'url' in entry);
  });
  return bare ? [[]] : [];
}

function serversAt(root: Node, path: readonly string[]): readonly FileEntry[] {
  const node = path.length === 0 ? root : findNodeAtLocation(root, [...path]);
  return (node?.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    const entry = value?.type === 'object' ? (getNodeValue(value) as JsonObject) : undefined;
    if (!key || !value || !entry) return [];
    const name = String(key.value);
    return [{ path: [...path, name], name, value: entry, offset: value.offset, length: value.length }];
  });
}

/** A key that an object holds twice, anywhere in the file. */
function repeated(node: Node): string | undefined {
  const keys = new Set<string>();
  for (const child of node.children ?? []) {
    if (node.type === 'object') {
      const key = String(child.children?.[0]?.value);
      if (keys.has(key)) return key;
      keys.add(key);
    }
    const below = repeated(child);
    if (below !== undefined) return below;
  }
  return undefined;
}
