import type { RowCondition, RowValue } from '@trapkey/contract/rows.ts';
import pg from 'pg';
import { invalid } from '../refuse.ts';

type Comparison = Extract<RowCondition, { readonly is: unknown }>['is'];

/**
 * A row rule over the columns of a table that is called `r`. Values keep their type and operators are the database's own:
 * a text equals no number. A column that the table lacks is NULL, which lets nothing through by itself, nor by `not`.
 */
export function conditionSql(
  rows: RowCondition,
  columns: ReadonlySet<string>,
): { readonly sql: string; readonly columns: readonly string[] } {
  const asked = new Set<string>();
  const sql = (one: RowCondition): string => {
    if ('all' in one) return joined(one.all.map(sql), 'and', 'true');
    if ('any' in one) return joined(one.any.map(sql), 'or', 'false');
    if ('not' in one) return `(not ${sql(one.not)})`;
    asked.add(one.column);
    if (!columns.has(one.column)) return 'null::boolean';
    const column = `r.${pg.escapeIdentifier(one.column)}`;
    if ('in' in one)
      return joined(
        one.in.map((value) => compared(column, '=', value)),
        'or',
        'false',
      );
    return compared(column, one.is, one.value);
  };
  return { sql: sql(rows), columns: [...asked] };
}

function joined(parts: readonly string[], how: 'and' | 'or', none: string): string {
  return parts.length === 0 ? none : `(${parts.join(` ${how} `)})`;
}

// Types go by their bare names: where the search path does not name pg_catalog, it comes first.
function compared(column: string, is: Comparison, value: RowValue): string {
  const by = `operator(pg_catalog.${is})`;
  if (typeof value === 'boolean') return `(${column} ${by} ${value})`;
  if (typeof value === 'number') return `(${column} ${by} ${numeral(value)})`;
  const literal = `${pg.escapeLiteral(value).trim()}::text`;
  // By code points, as the rule is read everywhere else, whatever the column's own order is.
  const exact = `(${column} collate pg_catalog."C" ${by} ${literal})`;
  // Said twice for an index, which has the column's own order.
  return is === '=' ? `((${column} ${by} ${literal}) and ${exact})` : exact;
}

function numeral(value: number): string {
  if (!Number.isFinite(value)) return invalid('A row rule compares with what is no number');
  return Number.isSafeInteger(value) ? `(${value})` : `('${value}'::numeric)`;
}
