import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { ScreenPlan } from './plan.ts';
import { nothingSeen, type Seen, type Style, together, type Walk } from './seen.ts';
import { cutTop, textScreened } from './text.ts';
import { walked } from './walk.ts';

export interface DataScreened {
  readonly result: JsonObject;
  readonly seen: Seen;
}

/**
 * Takes out of an answer what may not be shown. `fits` says whether structured content is still what its schema says: what
 * cannot be left out is then replaced by nothing of the same kind, and what cannot be either withholds the answer.
 */
export function dataScreened(result: JsonObject, plan: ScreenPlan, fits: (result: JsonObject) => boolean): DataScreened {
  const inWords = styled(result, plan, 'words');
  if (inWords.seen.withhold !== undefined || fits(inWords.result)) return inWords;
  const alike = styled(result, plan, 'alike');
  if (!fits(alike.result)) alike.seen.withhold ??= 'its schema leaves no room to hide what may not be shown';
  return alike;
}

function styled(result: JsonObject, plan: ScreenPlan, style: Style): DataScreened {
  const structured: Walk = { plan, seen: nothingSeen(), style, walked };
  const texts: Walk = { plan, seen: nothingSeen(), style: 'words', walked };
  const out = Object.entries(result).map(([name, child]): [string, Json] =>
    name === 'structuredContent' ? [name, walked(cutTop(child, structured), structured)] : [name, spoken(child, texts)],
  );
  return { result: Object.fromEntries(out), seen: together(structured.seen, texts.seen) };
}

const encoded: ReadonlySet<string> = new Set(['blob', 'data']);

/** What is the protocol's own around texts stays; texts, and what is encoded and is text, are looked at. */
function spoken(value: Json, walk: Walk): Json {
  if (Array.isArray(value)) return value.map((one) => spoken(one, walk));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, child]) => {
      if (typeof child !== 'string') return [name, spoken(child, walk)];
      if (encoded.has(name)) return [name, decodedScreened(child, walk)];
      return [name, name === 'type' || name === 'mimeType' || name === 'role' ? child : textScreened(child, walk)];
    }),
  );
}

function decodedScreened(base64: string, walk: Walk): string {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.includes(0)) return base64;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return base64;
  }
  const shown = textScreened(text, walk);
  return shown === text ? base64 : Buffer.from(shown).toString('base64');
}
