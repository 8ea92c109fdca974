import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Call } from './call.ts';
import type { Facts } from './facts.ts';
import type { SeenRow } from './recorder.ts';

/** An answer that is about to be released. */
export interface Learned {
  readonly facts: Facts;
  readonly result: JsonObject;
  readonly atMs: number;
}

/** The memory of values, durable and shared by the processes on one database. */
export interface Provenance {
  /** Adds what is known of the values of a call. Without a word of policy or a hint it does nothing. */
  attach(call: Call): Call | Promise<Call>;
  /** What an answer adds: `seen` in the commit of `executed`, `committed` before it is released. */
  learn(learned: Learned): { readonly seen: readonly SeenRow[]; readonly committed: () => void } | undefined;
}

const valuesMax = 256;
const valueCharactersMax = 2_000;
const linksPerTextMax = 32;
const links = /(?:[a-z][a-z0-9+.-]{0,20}:\/\/|www\.)[^\s"'<>()[\]{}⟦⟧]{1,2000}|\b[a-z]{2}\d{2}[a-z0-9]{10,30}\b/gi;
const bareHost =
  /(?<![@\w.-])(?:[a-z0-9-]{1,63}\.){1,8}(?:com|org|net|io|ly|co|ai|app|dev|info|biz|me|ru|cn|xyz|top|link|site|online)(?:\/[^\s"'<>()]{0,2000})?(?![\w-])/gi;

/** One value of the arguments: the name of the argument that it stands under, outermost first. */
export interface ArgumentValue {
  readonly path: readonly string[];
  readonly text: string;
}

/** Strings and numbers of arguments, bounded. */
export function argumentValues(args: Json, path: readonly string[] = [], found: ArgumentValue[] = []): readonly ArgumentValue[] {
  if (found.length >= valuesMax || path.length > 16) return found;
  if (typeof args === 'string' && args !== '') found.push({ path, text: args });
  else if (typeof args === 'number') found.push({ path, text: String(args) });
  else if (Array.isArray(args)) for (const one of args) argumentValues(one, path, found);
  else if (typeof args === 'object' && args !== null)
    for (const [key, child] of Object.entries(args as JsonObject)) argumentValues(child, [...path, key], found);
  return found;
}

/** Links and account numbers within a longer text. */
export function linksIn(text: string): readonly string[] {
  const within = text.slice(0, 100_000);
  return [...new Set([...(within.match(links) ?? []), ...(within.match(bareHost) ?? [])])]
    .map((one) => one.replace(/[.,:;!?]+$/, ''))
    .slice(0, linksPerTextMax);
}

/** The day of a moment, as a text would name it. */
export function dayOf(text: string): string | undefined {
  return /^\d{4}-\d{2}-\d{2}(?=[ T]\d{2}:\d{2})/.exec(text)?.[0];
}

function daysIn(text: string): readonly string[] {
  const day = dayOf(text);
  return day === undefined ? [] : [day];
}

/** Every text that a decision may ask about. */
export function asked(args: Json): readonly string[] {
  const texts = argumentValues(args).flatMap(({ text }) => [
    ...(text.length <= valueCharactersMax ? [text] : []),
    ...daysIn(text),
    ...linksIn(text),
  ]);
  return [...new Set(texts)].slice(0, valuesMax);
}
