import type { Entry } from '@trapkey/contract/entry.ts';
import type { Query, Term } from './parse.ts';

/** Whether an entry, names resolved, is what the query asks for. */
export type Matcher = (entry: Entry) => boolean;

/** Compiles the query once; the matcher then runs on each candidate. */
export function matcherOf(query: Query): Matcher {
  const byField = Map.groupBy(query.terms, (term) => `${term.not ? '-' : '+'}${term.field ?? '"'}`);
  const tests: Matcher[] = [...byField.entries()].map(([key, terms]) => {
    const each = terms.map(testOf);
    if (key.startsWith('-')) return (entry) => !each.some((test) => test(entry));
    // Words have to stand somewhere, all of them; values of one field are alternatives.
    return key === '+"' ? (entry) => each.every((test) => test(entry)) : (entry) => each.some((test) => test(entry));
  });
  const { sinceMs, untilMs } = query;
  if (sinceMs !== undefined) tests.push((entry) => Date.parse(entry.timestamp) >= sinceMs);
  if (untilMs !== undefined) tests.push((entry) => Date.parse(entry.timestamp) < untilMs);
  return (entry) => tests.every((test) => test(entry));
}

function testOf({ field, value }: Term): Matcher {
  if (field === undefined) {
    const words = value.toLowerCase();
    return (entry) => hasWords(entry, words);
  }
  const path = field.split('.');
  const fits = fitting(field, value);
  return (entry) => {
    const found = valuesAt(entry, path);
    return found.length === 0 ? value === 'null' : found.some((one) => fits(String(one)));
  };
}

/** A plugin is found with and without its version; an approval by its kind, and by each person in it. */
function fitting(field: string, value: string): (found: string) => boolean {
  if (field === 'plugin') return (found) => found === value || found.startsWith(`${value}@`);
  if (field !== 'approval') return (found) => found === value;
  return (found) => {
    const colon = found.indexOf(':');
    const kind = found.slice(0, colon);
    return (
      found === value ||
      kind === value ||
      found
        .slice(colon + 1)
        .split(',')
        .some((id) => `${kind}:${id}` === value)
    );
  };
}

function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [head, ...rest] = path;
  if (head !== undefined) return valuesAt((value as Readonly<Record<string, unknown>>)[head], rest);
  // Of a field without declared parts (assurance), any part counts.
  return typeof value === 'object' ? Object.values(value).flatMap((item) => valuesAt(item, [])) : [value];
}

function hasWords(value: unknown, words: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(words);
  if (typeof value === 'object' && value !== null) return Object.values(value).some((item) => hasWords(item, words));
  return false;
}
