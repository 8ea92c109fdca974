import type { RowValue } from '@trapkey/contract/rows.ts';
import pg from 'pg';
import { type Comparison, joined, numeral, type RowWords } from '../row-condition.ts';

/** A row rule over the columns of a table that is called `r`, in PostgreSQL's words; operators are the database's own. */
export function postgresWords(columns: ReadonlySet<string>): RowWords {
  return {
    column: (name) => (columns.has(name) ? `r.${pg.escapeIdentifier(name)}` : undefined),
    compared,
    among: (column, values) =>
      joined(
        values.map((value) => compared(column, '=', value)),
        'or',
        'false',
      ),
    unknown: 'null::boolean',
  };
}

// Types go by their bare names: where the search path does not name pg_catalog, it comes first.
function compared(column: string, is: Comparison, value: RowValue): string {
  const by = `operator(pg_catalog.${is})`;
  if (typeof value === 'boolean') return `(${column} ${by} ${value})`;
  if (typeof value === 'number') return `(${column} ${by} ${numeral(value, (text) => `('${text}'::numeric)`)})`;
  const literal = `${pg.escapeLiteral(value).trim()}::text`;
  // By code points, as the rule is read everywhere else, whatever the column's own order is.
  const exact = `(${column} collate pg_catalog."C" ${by} ${literal})`;
  // Said twice for an index, which has the column's own order.
  return is === '=' ? `((${column} ${by} ${literal}) and ${exact})` : exact;
}
