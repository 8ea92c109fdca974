import { createHmac } from 'node:crypto';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { column } from './canonical.ts';
import { mapNames, type NameKind, pseudonymOf } from './pseudonym.ts';

/** What resolves a pseudonym, until it is erased. */
export interface NameRow {
  readonly pseudonym: string;
  readonly kind: NameKind;
  readonly name: string;
  readonly salt: Uint8Array;
}

interface Known extends NameRow {
  /** Its row is known to be in the database; before that, every commit that uses it writes it. */
  durable: boolean;
}

/** Replaces the names of people and sources by pseudonyms that only the erasable table resolves. */
export interface Names {
  /** The entry without names; rows that its commit must write are added to `rows`. */
  hide(entry: EntryFields, rows: NameRow[]): EntryFields;
  pseudonym(kind: NameKind, name: string): string;
  /** These rows were committed. */
  written(rows: readonly NameRow[]): void;
}

/** The salt comes from a key outside the database, so a pseudonym is the same on every node and cannot be guessed from it. */
export function openNames({ key, cachedMax = 50_000 }: { readonly key: Uint8Array; readonly cachedMax?: number }): Names {
  const cache = new Map<string, Known>();
  const find = (kind: NameKind, given: string): Known => {
    const name = column(given);
    const place = `${kind}\0${name}`;
    const cached = cache.get(place);
    if (cached) return cached;
    const salt = createHmac('sha256', key).update(place).digest();
    const known = { pseudonym: pseudonymOf(salt, kind, name), kind, name, salt, durable: false };
    if (cache.size >= cachedMax) cache.clear();
    cache.set(place, known);
    return known;
  };
  return {
    hide: (entry, rows) =>
      mapNames(entry, (kind, name) => {
        const known = find(kind, name);
        if (!known.durable) rows.push(known);
        return known.pseudonym;
      }),
    pseudonym: (kind, name) => find(kind, name).pseudonym,
    written: (rows) => {
      for (const row of rows) (row as Known).durable = true;
    },
  };
}
