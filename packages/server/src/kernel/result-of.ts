import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { PolicyError } from './errors.ts';

/** What an expression sees as `result`: the structured content, else the text read as JSON, else `{ text }`. */
export function resultOf(answer: JsonObject, rule: string): JsonObject {
  const structured = answer['structuredContent'];
  if (isObject(structured)) return structured;
  const content = answer['content'];
  const first = Array.isArray(content) && content.length === 1 ? (content[0] as Json) : undefined;
  const text = isObject(first) ? first['text'] : undefined;
  if (typeof text !== 'string') throw new PolicyError(rule, 'the answer has neither structured content nor one text');
  try {
    const parsed: Json = JSON.parse(text);
    return isObject(parsed) ? parsed : { text, value: parsed };
  } catch {
    return { text };
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
