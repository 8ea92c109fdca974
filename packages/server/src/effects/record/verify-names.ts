import type { Findings } from './findings.ts';
import type { NamesLine } from './lines.ts';
import { type NameKind, pseudonymOf } from './pseudonym.ts';
import { type ResolveField, resolveField } from './shown-text.ts';

/** The names that the entries of one stretch are shown with, each proved by its salt. */
export interface NamesInForce {
  readonly resolve: ResolveField;
  /** Pseudonyms that had no name, counted once a stretch. */
  unresolved(): number;
  /** `next`: the entry that is expected after it. */
  read(line: string, number: number, next: number): void;
  /** Told of every entry, so that names without entries are noticed. */
  used(): void;
  /** Called where no names may wait for an entry. */
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
    unused = undefined;
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
    read(line, number, next) {
      notice();
      unused = number;
      resolved.clear();
      map = new Map(rowsOf(line, { number, next }, findings));
    },
    used() {
      unused = undefined;
    },
    finish: notice,
  };
}

function rowsOf(
  line: string,
  { number, next }: { readonly number: number; readonly next: number },
  findings: Findings,
): readonly (readonly [string, string])[] {
  const read = namesOf(line);
  if (!read) {
    findings.add('unreadable', { line: number }, `Line ${number} is not a line of names as the record writes it.`);
    return [];
  }
  const { names, names_from } = read;
  if (names_from !== next)
    findings.add(
      'moved',
      { from: next, line: number },
      `The names in line ${number} belong before entry ${names_from}, not before ${next}.`,
    );
  for (const { pseudonym, kind, name, salt } of names) {
    if (pseudonymOf(Buffer.from(salt, 'base64'), kind as NameKind, name) !== pseudonym) {
      findings.add('name', { line: number }, `"${name}" (${kind}) in line ${number} is not the name that ${pseudonym} was made from.`);
    }
  }
  return names.map(({ pseudonym, name }) => [pseudonym, name] as const);
}

function namesOf(line: string): NamesLine | undefined {
  try {
    const { names_from, names } = JSON.parse(line) as NamesLine;
    const again = names.map(({ pseudonym, kind, name, salt }) => ({
      pseudonym,
      kind,
      name,
      salt: Buffer.from(salt, 'base64').toString('base64'),
    }));
    return JSON.stringify({ names_from, names: again }) === line ? { names_from, names } : undefined;
  } catch {
    return undefined;
  }
}
