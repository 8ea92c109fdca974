import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Facts } from '../../kernel/facts.ts';
import { leavesOf, outsidersOf } from '../../kernel/outsiders.ts';
import { argumentValues } from '../../kernel/provenance.ts';
import type { Outsiders } from '../../kernel/written-by.ts';
import type { Seen } from './memory.ts';
import { type Digest, decodedIn, gap, hostIn, meantBy, wordsIn } from './words.ts';

const wordsMax = 60_000;

/** Gathers the words of one origin. */
function gathering(digest: Digest, skip: ReadonlySet<number>) {
  const words: number[] = [];
  const extra: number[] = [];
  return {
    words,
    add(text: string, loosely: boolean) {
      for (const word of wordsIn(text, wordsMax)) {
        if (words.length >= wordsMax) return;
        const own = digest(word);
        words.push(skip.has(own) ? gap : own);
        const host = hostIn(word);
        if (host !== undefined) extra.push(gap, digest(host));
        if (loosely) for (const meant of meantBy(word)) extra.push(gap, ...wordsIn(meant, 50).map(digest));
      }
      if (loosely) for (const plain of decodedIn(text)) extra.push(gap, ...wordsIn(plain, 200).map(digest));
      words.push(gap);
    },
    all: () => Uint32Array.from([...words, ...extra.slice(0, wordsMax)]),
    has: () => words.some((word) => word !== gap),
  };
}

/** What an answer teaches: values of the system's own fields, and the words of outsiders. */
export function learned(facts: Facts, result: JsonObject, atMs: number, digest: Digest): readonly Seen[] {
  const { call, subject, permitted } = facts;
  const { connector } = subject;
  const said = outsidersOf(connector, permitted.rules, permitted.pinned);
  // What an upstream says when it fails is nobody's field.
  const who: Outsiders = result['isError'] === true && said.kind !== 'none' ? { kind: 'all' } : said;
  const sensitive = (permitted.rules.data ?? connector.data?.classes ?? []).length > 0;
  // An answer that repeats what it was asked proves nothing about it.
  const echoed = new Set(argumentValues(call.args).flatMap(({ text }) => wordsIn(text).map(digest)));
  const trusted = gathering(digest, echoed);
  const outsiders = gathering(digest, new Set());
  fill(result, who, trusted, outsiders, digest);
  const base = { atMs, source: `${connector.id}.${call.name}`, sensitive };
  const rows: Seen[] = [];
  if (trusted.has() || sensitive) rows.push({ ...base, id: `${call.id}/t`, origin: 'trusted', words: trusted.all() });
  // Even an answer without words may have shown something: a picture, a sound.
  if (said.kind !== 'none') rows.push({ ...base, id: `${call.id}/o`, origin: 'outsiders', words: outsiders.all() });
  return rows;
}

type Gathering = ReturnType<typeof gathering>;

function fill(result: JsonObject, who: Outsiders, trusted: Gathering, outsiders: Gathering, digest: Digest): void {
  const take = (value: Json) => {
    for (const leaf of leavesOf(value, who)) (leaf.outsiders ? outsiders : trusted).add(leaf.text, leaf.outsiders);
  };
  const structured = result['structuredContent'];
  if (structured !== undefined) take(structured as Json);
  // The text beside structured content says the same again; what only it says is nobody's field.
  const known = structured === undefined ? undefined : new Set([...trusted.words]);
  for (const text of textsOf(result)) {
    if (who.kind === 'all') outsiders.add(text, true);
    else if (who.kind === 'none') trusted.add(text, false);
    else if (known) outsiders.add(withoutKnown(text, known, digest), true);
    else {
      const value = parsed(text);
      if (value === undefined) outsiders.add(text, true);
      else take(value);
    }
  }
}

function withoutKnown(text: string, known: ReadonlySet<number>, digest: Digest): string {
  return wordsIn(text, wordsMax)
    .filter((word) => !known.has(digest(word)))
    .join(' ');
}

function parsed(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Texts of content, prompts, resources. */
function textsOf(result: JsonObject): readonly string[] {
  const texts: string[] = [];
  const walk = (value: Json, key: string, depth: number): void => {
    if (depth > 12) return;
    if (typeof value === 'string') {
      if (['text', 'uri', 'name', 'title', 'description', 'values'].includes(key)) texts.push(value);
    } else if (Array.isArray(value)) for (const one of value) walk(one, key, depth + 1);
    else if (typeof value === 'object' && value !== null)
      for (const [inner, child] of Object.entries(value as JsonObject)) walk(child, inner, depth + 1);
  };
  for (const key of ['content', 'contents', 'messages', 'completion']) if (result[key] !== undefined) walk(result[key], key, 0);
  return texts;
}
