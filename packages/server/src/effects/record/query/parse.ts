import { UserError } from '../../../kernel/errors.ts';
import { type FieldType, queryFields, timeWords } from './fields.ts';
import { nearest } from './nearest.ts';
import { parseMoment } from './time.ts';

/** One `field:value`, or words that may stand anywhere (`field` undefined). */
export interface Term {
  readonly field: string | undefined;
  readonly value: string;
  readonly not: boolean;
}

/** A parsed query. Terms of the same field mean either; different fields mean both; every `-` term means none of it. */
export interface Query {
  readonly terms: readonly Term[];
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

const queryCharsMax = 4_000;
const token = /(-?)(?:([^\s":]+):)?("(?:[^"\\]|\\.)*"|[^\s"]*)(?=\s|$)/y;

/** Reads a query in the record's one language; a mistake is a UserError that names the nearest right word. */
export function parseQuery(text: string, nowMs: number): Query {
  if (text.length > queryCharsMax) throw new UserError(`That query is longer than ${queryCharsMax} characters.`);
  const terms: Term[] = [];
  let [sinceMs, untilMs]: (number | undefined)[] = [];
  for (const { not, field, value } of tokens(text)) {
    if (field === 'since' || field === 'until') {
      const atMs = not ? undefined : parseMoment(value, nowMs);
      if (atMs === undefined)
        throw new UserError(
          `${field}:${value} is not a time.`,
          'Write a duration (30s 5m 1h 7d), a date, or a time as 2026-06-06T14:22:08Z.',
        );
      if (field === 'since') sinceMs = Math.max(sinceMs ?? atMs, atMs);
      else untilMs = Math.min(untilMs ?? atMs, atMs);
      continue;
    }
    if (field !== undefined) checkTerm(field, value);
    terms.push({ field, value, not });
  }
  return { terms, sinceMs, untilMs };
}

function* tokens(text: string): Generator<Term> {
  const trimmed = text.trim();
  let at = 0;
  while (at < trimmed.length) {
    if (/\s/.test(trimmed[at] as string)) {
      at += 1;
      continue;
    }
    token.lastIndex = at;
    const match = token.exec(trimmed);
    if (!match || match[0] === '')
      throw new UserError(
        `The query cannot be read from here on: ${trimmed.slice(at, at + 40)}`,
        'Put words with a colon or a space in double quotes, and close each quote.',
      );
    const [whole, minus = '', field, raw = ''] = match;
    const value = raw.startsWith('"') ? raw.slice(1, -1).replaceAll(/\\(.)/g, '$1') : raw;
    if (value === '')
      throw new UserError(
        `${whole} says nothing to look for.`,
        field ? `Write ${field}:VALUE; ${field}:null finds entries without it.` : undefined,
      );
    yield { field, value, not: minus === '-' };
    at += whole.length;
  }
}

function checkTerm(field: string, value: string): void {
  const type = queryFields.get(field);
  if (type === undefined) throw unknownField(field);
  const problem = value === 'null' ? undefined : problemOf(type, value);
  if (problem !== undefined)
    throw new UserError(`${field}:${value} can never match: ${problem}.`, 'Quote it to look for these words anywhere.');
}

function problemOf(type: FieldType, value: string): string | undefined {
  if (type === 'text') return undefined;
  if (type === 'number') return /^-?\d+$/.test(value) ? undefined : 'it is a whole number';
  if (type === 'boolean') return value === 'true' || value === 'false' ? undefined : 'it is true or false';
  if (type.includes(value)) return undefined;
  const near = nearest(value, type);
  return `its values are ${type.join(', ')}${near === undefined ? '' : `; the nearest is ${near}`}`;
}

function unknownField(field: string): UserError {
  const part = field.split('.')[0] as string;
  const parts = [...queryFields.keys()].filter((known) => known.startsWith(`${part}.`));
  if (parts.length > 0) return new UserError(`${field} is not a field of an entry.`, `Its parts are ${parts.join(', ')}.`);
  const near = nearest(field, [...queryFields.keys(), ...timeWords]);
  return new UserError(
    `${field} is not a field of an entry.`,
    near === undefined ? `To look for these words anywhere, quote them: "${field}:…".` : `The nearest is ${near}.`,
  );
}
