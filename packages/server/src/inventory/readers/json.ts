import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import type { Finding } from '../../kernel/inventory.ts';
import type { Folder, Notice } from './files.ts';

const depthMax = 100;
const tolerated = new Set(['InvalidCommentToken']);

/** Reads a settings file as people write them: comments, trailing commas, a byte order mark. Undefined when there is none. */
export async function readJson(folder: Folder, path: string, notice: Notice): Promise<JsonObject | undefined> {
  const text = await folder.text(path);
  return text === undefined
    ? undefined
    : parseJson(text, (rule, says) => notice({ rule, severity: 'medium', says, file: folder.shown(path) }));
}

/** The same for a text; what is wrong is told, and what could be read is returned. */
export function parseJson(text: string, tell: (rule: Finding['rule'], says: string) => void): JsonObject | undefined {
  if (tooDeep(text)) {
    tell('invalid_json', `is nested deeper than ${depthMax}; it was not read`);
    return undefined;
  }
  const errors: ParseError[] = [];
  const value = parse(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true }) as Json | undefined;
  const [first] = errors.filter(({ error }) => !tolerated.has(printParseErrorCode(error)));
  if (first) {
    const line = text.slice(0, first.offset).split('\n').length;
    tell('invalid_json', `is not valid JSON: ${printParseErrorCode(first.error)} in line ${line}`);
  }
  return objectOf(value);
}

/** The value where it is an object. */
export function objectOf(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The strings of a value that may be one string or several. */
export function stringsOf(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string').slice(0, 1_000) : [];
}

/** The string of a value, if it is one. */
export function stringOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function tooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x22) {
      // Strings are jumped over; what is broken is for the parser to say.
      for (at++; at < text.length && text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++;
    } else if (char === 0x7b || char === 0x5b) {
      if (++depth > depthMax) return true;
    } else if (char === 0x7d || char === 0x5d) depth--;
  }
  return false;
}
