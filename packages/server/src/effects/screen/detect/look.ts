import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { LookFor } from '../../../kernel/data-memory.ts';
import { classesOf, type Finder, finderFor, isFound } from './find.ts';

const depthMax = 64;

/** The classes that arguments hold by their looks: in texts, names and numbers at every depth, and in what is written as an escape or as base64. */
export const lookFor: LookFor = (classes, args) => {
  const wanted = classes.filter(isFound);
  const finder = wanted.length === 0 ? undefined : finderFor(wanted);
  if (!finder) return [];
  const found = new Set<string>();
  for (const text of textsOf(args, 0)) for (const one of renderings(text)) note(one, finder, wanted, found);
  return [...found];
};

function note(text: string, finder: Finder, wanted: readonly string[], found: Set<string>): void {
  for (const { name } of finder.find(text)) for (const of of classesOf(name)) if (wanted.includes(of)) found.add(of);
}

function* textsOf(value: Json, depth: number): Iterable<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'number') yield String(value);
  else if (typeof value === 'object' && value !== null && depth < depthMax) {
    for (const [name, child] of Object.entries(value as JsonObject)) {
      if (!Array.isArray(value)) yield name;
      yield* textsOf(child, depth + 1);
    }
  }
}

/** As it is, and as whoever receives it could read it. */
function* renderings(text: string): Iterable<string> {
  yield text;
  if (text.includes('%')) {
    const plain = text.replaceAll(/(?:%[0-9A-Fa-f]{2}){1,2000}/g, (written) =>
      Buffer.from(written.replaceAll('%', ''), 'hex').toString('utf8'),
    );
    if (plain !== text) yield plain;
  }
  for (const [encoded] of text.matchAll(/[A-Za-z0-9+/_-]{16,100000}={0,2}/g)) {
    const plain = Buffer.from(encoded, 'base64').toString('utf8');
    if (!plain.includes('\ufffd')) yield plain;
  }
  if (/^(?:[0-9A-Fa-f]{2}){12,50000}$/.test(text)) yield Buffer.from(text, 'hex').toString('utf8');
}
