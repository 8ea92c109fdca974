import type { Findings } from './findings.ts';
import type { NamesLine } from './lines.ts';
import { type NameKind, pseudonymOf } from './pseudonym.ts';
import { type ResolveField, resolveField } from './shown-text.ts';

/** The names that the entries of one stretch are shown with, each proved by its salt. */
export interface NamesInForce {
  readonly resolve: ResolveField;
  /** Pseudonyms that had no name, counted once a stretch. */
  unresolved(): number;
  read(line: string, number: number): void;
  /** Told of every entry, so that a names line without entries is noticed. */
  used(): void;
  finish(): void;
}

const resolvedMax = 10_000;

/** Starts without names. */
export function readNames(findings: Findings): NamesInForce {
  let map: ReadonlyMap<string, string> = new Map();
  let unused: number | undefined;
  let unresolved = 0;
  // The same people and sources come again and again; parsing them each time would double the cost of an entry.
  const resolved = new Map<string, string>();
  const name = (pseudonym: string): string => {
    const found = map.get(pseudonym);
    if (found === undefined) unresolved += 1;
    return found ?? pseudonym;
  };
  const notice = () => {
    if (unused !== undefined) findings.add('inserted', { line: unused }, `The names in line ${unused} belong to no entries.`);
  };
  return {
    resolve(field, raw) {
      const known = resolved.get(field + raw);
      if (known !== undefined) return known;
      const now = resolveField(field, raw, name);
      if (resolved.size < resolvedMax) resolved.set(field + raw, now);
      return now;
    },
    unresolved: () => unresolved,
    read(line, number) {
      notice();
      unused = number;
      resolved.clear();
      map = new Map(rowsOf(line, number, findings));
    },
    used() {
      unused = undefined;
    },
    finish: notice,
  };
}

function rowsOf(line: string, number: number, findings: Findings): readonly (readonly [string, string])[] {
  const names = namesOf(line);
  if (!names) {
    findings.add('unreadable', { line: number }, `Line ${number} is not a line of names as the record writes it.`);
    return [];
  }
  for (const { pseudonym, kind, name, salt } of names) {
    if (pseudonymOf(Buffer.from(salt, 'base64'), kind as NameKind, name) !== pseudonym) {
      findings.add('name', { line: number }, `"${name}" (${kind}) in line ${number} is not the name that ${pseudonym} was made from.`);
    }
  }
  return names.map(({ pseudonym, name }) => [pseudonym, name] as const);
}

function namesOf(line: string): NamesLine['names'] | undefined {
  try {
    const { names } = JSON.parse(line) as NamesLine;
    const again = names.map(({ pseudonym, kind, name, salt }) => ({
      pseudonym,
      kind,
      name,
      salt: Buffer.from(salt, 'base64').toString('base64'),
    }));
    return JSON.stringify({ names: again }) === line ? names : undefined;
  } catch {
    return undefined;
  }
}
