import { type Verb, verbs } from './lexicon.ts';

const wordsMax = 64;

/** Words of an identifier, whatever joins them: snake, kebab, camel, dots and slashes. */
export function wordsOf(name: string): readonly string[] {
  return name
    .slice(0, 512)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .slice(0, wordsMax);
}

/** The verb that a word is a form of: creates, creating, created, copied, setting. */
export function verbForm(word: string): { readonly base: string; readonly verb: Verb } | undefined {
  for (const base of bases(word)) {
    const verb = verbs.get(base);
    if (verb) return { base, verb };
  }
  return undefined;
}

function bases(word: string): readonly string[] {
  const forms = [word];
  if (word.endsWith('ies')) forms.push(`${word.slice(0, -3)}y`);
  if (word.endsWith('es')) forms.push(word.slice(0, -2));
  if (word.endsWith('s') && !word.endsWith('ss')) forms.push(word.slice(0, -1));
  for (const ending of ['ing', 'ed']) {
    if (!word.endsWith(ending) || word.length < ending.length + 2) continue;
    const stem = word.slice(0, -ending.length);
    forms.push(stem, `${stem}e`);
    if (/(.)\1$/.test(stem)) forms.push(stem.slice(0, -1));
    if (stem.endsWith('i')) forms.push(`${stem.slice(0, -1)}y`);
  }
  return forms;
}
