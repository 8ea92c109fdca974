import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { withoutCitations } from '../kernel/revealed.ts';

// Zero-width, bidirectional, tag, variation and other format characters: a person doesn't see them, a model reads them.
const hidden = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Variation_Selector}\u115F\u1160\u3164\uFFA0]/gu;

/** Text of an upstream that passes beside a result: hidden characters taken out, forged citations broken, cut to a length. */
export function cleanText(text: string, charsMax: number): string {
  const plain = text.length > charsMax * 4 ? text.slice(0, charsMax * 4) : text;
  const shown = withoutCitations(plain.replace(hidden, ''));
  return shown.length > charsMax ? `${shown.slice(0, charsMax).toWellFormed()}…` : shown;
}

/** The same for every string of a value; too deep or too much becomes a note instead. */
export function cleanJson(value: Json, charsMax: number): Json {
  let left = charsMax;
  const clean = (item: Json, depth: number): Json => {
    if (left <= 0 || depth > 16) return '…';
    if (typeof item === 'string') {
      const text = cleanText(item, left);
      left -= text.length;
      return text;
    }
    left -= 4;
    if (typeof item !== 'object' || item === null) return item;
    if (Array.isArray(item)) return item.slice(0, 1_000).map((one) => clean(one, depth + 1));
    return Object.fromEntries(Object.entries(item).map(([key, one]) => [cleanText(key, 200), clean(one, depth + 1)]));
  };
  return clean(value, 0);
}

/** As `cleanJson`, for params. */
export function cleanObject(value: JsonObject, charsMax: number): JsonObject {
  return cleanJson(value, charsMax) as JsonObject;
}
