import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { PolicyError } from './errors.ts';
import { isIJson, parseIJson } from './ijson.ts';

/** What an expression sees as `result`: the structured content, else the text read as JSON, else `{ text }`. */
export function resultOf(answer: JsonObject, rule: string): JsonObject {
  return read(answer, rule).value;
}

/** The same, for what is kept, compared and written back: refused where it would not be to the letter what the connector said. */
export function exactResultOf(answer: JsonObject, rule: string): JsonObject {
  const { value, text } = read(answer, rule);
  if (!isIJson(value))
    throw new PolicyError(
      rule,
      'the answer holds what cannot be kept to the letter: a number out of range, an integer beyond ±9007199254740991, or half a character',
    );
  const parsed = text === undefined ? undefined : parseIJson(text);
  if (parsed && !parsed.ok) throw new PolicyError(rule, `the answer cannot be kept to the letter: ${parsed.says}`);
  return value;
}

/** `text`: what it was read from, where that was JSON. */
function read(answer: JsonObject, rule: string): { readonly value: JsonObject; readonly text?: string } {
  const structured = answer['structuredContent'];
  if (isObject(structured)) return { value: structured };
  const content = answer['content'];
  const first = Array.isArray(content) && content.length === 1 ? (content[0] as Json) : undefined;
  const text = isObject(first) ? first['text'] : undefined;
  if (typeof text !== 'string') throw new PolicyError(rule, 'the answer has neither structured content nor one text');
  try {
    const parsed: Json = JSON.parse(text);
    return { value: isObject(parsed) ? parsed : { text, value: parsed }, text };
  } catch {
    return { value: { text } };
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
