import type { Json, JsonObject } from '@trapkey/contract/json.ts';

/** The longest list at the top of a structured value: what a person would call its rows. */
function longest(value: Json | undefined): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return undefined;
  const lists = Object.values(value as JsonObject).filter((child) => Array.isArray(child));
  return lists.length === 0 ? undefined : Math.max(...lists.map((list) => (list as readonly Json[]).length));
}

function parsed(text: Json | undefined): Json | undefined {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** How many rows an answer has: of its structured content, or of a text that is JSON; undefined when it has none to count. */
export function rowsOf(result: JsonObject): number | undefined {
  const structured = longest(result['structuredContent']);
  if (structured !== undefined) return structured;
  const { content } = result;
  if (!Array.isArray(content) || content.length !== 1) return undefined;
  return longest(parsed((content[0] as JsonObject)['text']));
}
