import type { Query } from './parse.ts';

/** The part of a query that the ledger's columns answer; the matcher still decides on the bytes. */
export interface ColumnFilter {
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly equal: readonly { readonly column: 'kind' | 'call' | 'connector' | 'verdict'; readonly values: readonly string[] }[];
  /** Texts of which one of each list stands in the bytes of whatever matches. */
  readonly contains: readonly (readonly string[])[];
  /** People of whom one did whatever matches; the bytes have their pseudonyms. */
  readonly people: readonly string[];
}

/** Fields that no entry gets later from another one about its call. */
const written = ['tool', 'code', 'rule', 'ticket', 'plugin'] as const;

const columns = ['kind', 'call', 'connector', 'verdict'] as const;

/** Only positive terms narrow: a column may then miss nothing that the matcher would find. */
export function columnFilter(query: Query): ColumnFilter {
  const equal = columns.flatMap((column) => {
    const terms = query.terms.filter((term) => term.field === column && !term.not);
    return terms.length === 0 || terms.some((term) => term.value === 'null') ? [] : [{ column, values: terms.map((term) => term.value) }];
  });
  const contains = written.flatMap((field) => {
    const values = valuesOf(query, field);
    // A plugin is found with and without its version.
    return values.length === 0 ? [] : [values.map((value) => `"${field}":"${value}${field === 'plugin' ? '' : '"'}`)];
  });
  return { sinceMs: query.sinceMs, untilMs: query.untilMs, equal, contains, people: valuesOf(query, 'on_behalf_of') };
}

/** What one field must be; nothing where it may be absent, or where its text is not the same in the bytes. */
function valuesOf(query: Query, field: string): readonly string[] {
  const terms = query.terms.filter((term) => term.field === field && !term.not);
  return terms.some(({ value }) => value === 'null' || /["\\\p{Cc}]/u.test(value)) ? [] : terms.map(({ value }) => value);
}
