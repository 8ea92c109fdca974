import { createHmac } from 'node:crypto';
import type { Code, Effect } from '@trapkey/contract/codes.ts';
import type { Json } from '@trapkey/contract/json.ts';

const targetsMax = 64;
const textCharactersMax = 20_000;
const between = /[\s"'`;|&<>(){}[\],=$*?!\\]+/u;
const looksLike = [
  /^[^@\s]+@[^@\s]+\.[^@\s]+$/, // an address
  /^[a-z][a-z0-9+.-]*:\/\//, // a URL
  /\//, // a path
  /^[^.\s]{1,100}\.[a-z0-9]{1,8}$/, // a file
  /^(?=.*\d)[a-z0-9][a-z0-9_:#-]{2,63}$/, // an id
];

/**
 * What a call is about, as far as its arguments name it: addresses, paths, files, ids. Keyed digests, so that what was
 * refused is not written down. Words of ordinary text are none.
 */
export function targetsOf(key: Uint8Array, args: Json): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (value: Json): void => {
    if (found.size >= targetsMax) return;
    if (typeof value === 'string') for (const word of wordsOf(value)) found.add(word);
    else if (typeof value === 'number' && value >= 100) found.add(String(value));
    else if (Array.isArray(value)) for (const child of value) walk(child);
    else if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) walk(child as Json);
  };
  walk(args);
  return new Set([...found].slice(0, targetsMax).map((word) => createHmac('sha256', key).update(word).digest('base64url').slice(0, 16)));
}

function wordsOf(text: string): readonly string[] {
  return text
    .slice(0, textCharactersMax)
    .normalize('NFKC')
    .toLowerCase()
    .split(between)
    .map(plain)
    .filter((word) => word.length >= 3 && word.length <= 500 && looksLike.some((pattern) => pattern.test(word)))
    .flatMap((word) => [word, ...named(word)]);
}

/** One way to write a path or an address. */
function plain(word: string): string {
  const parts: string[] = [];
  const bare = word.replace(/^(file|mailto):(\/\/)?/, '').replace(/[.,:]+$/, '');
  if (!bare.includes('/') || bare.includes('://')) return bare;
  for (const part of bare.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** A file is the same when it is named from its own folder. */
function named(word: string): readonly string[] {
  const name = word.includes('/') ? (word.split('/').at(-1) ?? '') : '';
  return /^[^.]{3,100}\.[a-z0-9]{1,8}$/.test(name) ? [name] : [];
}

/** Checks look at what was to be written: another write to the same record may well be in order. */
const ofContent: readonly Code[] = ['check_failed', 'checker_denied', 'provenance', 'flow'];

/** Whether one effect is a way to another: the same, a delete by a write, and code, which can do anything. */
export function isWayTo(refused: { readonly effect: Effect; readonly code: Code }, now: Effect): boolean {
  if (now === 'read' || now === 'draft') return false;
  if (now === 'execute') return true;
  if (refused.effect === 'write') return (now === 'write' || now === 'delete') && !ofContent.includes(refused.code);
  return now === refused.effect || (refused.effect === 'delete' && now === 'write');
}
