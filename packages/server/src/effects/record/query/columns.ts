import type { Query } from './parse.ts';

/** The part of a query that the ledger's columns answer; the matcher still decides on the bytes. */
export interface ColumnFilter {
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly equal: readonly { readonly column: 'kind' | 'call' | 'connector' | 'verdict'; readonly values: readonly string[] }[];
}

const columns = ['kind', 'call', 'connector', 'verdict'] as const;

/** Only positive terms narrow: a column may then miss nothing that the matcher would find. */
export function columnFilter(query: Query): ColumnFilter {
  const equal = columns.flatMap((column) => {
    const terms = query.terms.filter((term) => term.field === column && !term.not);
    return terms.length === 0 || terms.some((term) => term.value === 'null') ? [] : [{ column, values: terms.map((term) => term.value) }];
  });
  return { sinceMs: query.sinceMs, untilMs: query.untilMs, equal };
}
