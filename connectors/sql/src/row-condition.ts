import type { RowCondition, RowValue } from '@trapkey/contract/rows.ts';
import type { TableRefusal } from '@trapkey/contract/tables.ts';
import { invalid, named } from './refuse.ts';
import { shortName, type Table } from './schema.ts';

export type Comparison = Extract<RowCondition, { readonly is: unknown }>['is'];

/** How one database says what a row rule asks. */
export interface RowWords {
  /** A column of the table, as an expression; undefined for one that it lacks. */
  readonly column: (name: string) => string | undefined;
  readonly compared: (column: string, is: Comparison, value: RowValue) => string;
  /** One of at least one value. */
  readonly among: (column: string, values: readonly RowValue[]) => string;
  /** What is neither true nor false. */
  readonly unknown: string;
}

/**
 * A row rule in the words of a database. Values keep their type: a text equals no number. A column that the table lacks is unknown,
 * which lets nothing through by itself, nor by `not`.
 */
export function conditionSql(rows: RowCondition, words: RowWords): string {
  if ('all' in rows)
    return joined(
      rows.all.map((one) => conditionSql(one, words)),
      'and',
      'true',
    );
  if ('any' in rows)
    return joined(
      rows.any.map((one) => conditionSql(one, words)),
      'or',
      'false',
    );
  if ('not' in rows) return `(not ${conditionSql(rows.not, words)})`;
  const column = words.column(rows.column);
  if (column === undefined) return words.unknown;
  if ('in' in rows) return rows.in.length === 0 ? 'false' : words.among(column, rows.in);
  return words.compared(column, rows.is, rows.value);
}

export function joined(parts: readonly string[], how: 'and' | 'or', none: string): string {
  return parts.length === 0 ? none : `(${parts.join(` ${how} `)})`;
}

/** The columns that a row rule names. */
function columnsOf(rows: RowCondition): readonly string[] {
  if ('all' in rows) return rows.all.flatMap(columnsOf);
  if ('any' in rows) return rows.any.flatMap(columnsOf);
  return 'not' in rows ? columnsOf(rows.not) : [rows.column];
}

/** Why a table cannot be shown by its rows of one person; undefined where it can. */
export function unlimitable(full: string, table: Table, rows: RowCondition, words: RowWords): TableRefusal | undefined {
  const refusal = (what: string): TableRefusal => ({ code: 'not_enforceable', key: 'query', says: `${named(shortName(full))} ${what}` });
  if (table.view !== undefined) return refusal('is a view, and this person may have some rows only; ask for the tables it reads');
  const asked = [...new Set(columnsOf(rows))];
  if (asked.length === 0 || asked.some((name) => words.column(name) !== undefined)) return undefined;
  return refusal(`has no column ${asked.map(named).join(', ')}, by which the rows of this person are told`);
}

/** A number as it stands in a statement. */
export function numeral(value: number, fraction: (text: string) => string): string {
  if (!Number.isFinite(value)) return invalid('A row rule compares with what is no number');
  return Number.isSafeInteger(value) ? `(${value})` : fraction(String(value));
}
