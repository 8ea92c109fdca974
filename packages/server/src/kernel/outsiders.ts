import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Pinned } from './facts.ts';
import type { ConnectorRules, ToolRules } from './rules.ts';
import type { Outsiders } from './written-by.ts';

const depthMax = 64;
const typedCharactersMax = 254;

const all: Outsiders = { kind: 'all' };
const none: Outsiders = { kind: 'none' };

/** What holds for an operation: the tool's own word, the connector's, else the upstream's hint that it reaches the open world. */
export function outsidersOf(connector: ConnectorRules, rules: ToolRules, pinned: Pinned): Outsiders {
  const said = rules.outsiders ?? connector.outsiders;
  if (said) return said;
  return pinned.tool?.annotations?.['openWorldHint'] === true ? all : none;
}

/** One string or number of an answer. */
export interface Leaf {
  readonly text: string;
  readonly outsiders: boolean;
}

/** Every string, number and telling key of a value, each with who wrote it. */
export function* leavesOf(value: Json, who: Outsiders, path: readonly string[] = []): Generator<Leaf> {
  if (path.length > depthMax) return;
  if (typeof value === 'string') yield { text: value, outsiders: isOutsiders(who, path, value) };
  else if (typeof value === 'number') yield { text: String(value), outsiders: isOutsiders(who, path, String(value)) };
  // Lists are transparent: a path names fields.
  else if (Array.isArray(value)) for (const one of value) yield* leavesOf(one, who, path);
  else if (typeof value === 'object' && value !== null)
    for (const [key, child] of Object.entries(value as JsonObject)) {
      const inner = [...path, key];
      if (/[@./:]/.test(key)) yield { text: key, outsiders: isOutsiders(who, inner, key) };
      yield* leavesOf(child, who, inner);
    }
}

/** Whether a field is one that outsiders write. */
export function isOutsiders(who: Outsiders, path: readonly string[], text: string): boolean {
  switch (who.kind) {
    case 'none':
      return false;
    case 'all':
      return true;
    case 'paths':
      return who.paths.some((pattern) => covers(pattern, path));
    case 'except':
      return !(who.paths.some((pattern) => covers(pattern, path)) && text.length <= typedCharactersMax && !/\s/.test(text.trim()));
  }
}

/** `results.notes`, with `*` for one name and `**` for any number; a path covers everything below it. */
function covers(pattern: readonly string[], path: readonly string[], from = 0, at = 0): boolean {
  if (from === pattern.length) return true;
  if (pattern[from] === '**') {
    for (let next = at; next <= path.length; next++) if (covers(pattern, path, from + 1, next)) return true;
    return false;
  }
  return at < path.length && (pattern[from] === '*' || pattern[from] === path[at]) && covers(pattern, path, from + 1, at + 1);
}
