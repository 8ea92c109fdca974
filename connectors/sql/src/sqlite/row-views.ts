import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { RowCondition, RowValue } from '@trapkey/contract/rows.ts';
import type { TableBounds, TableRefusal } from '@trapkey/contract/tables.ts';
import { invalid, named, Refused } from '../refuse.ts';
import { type Comparison, conditionSql, joined, numeral, type RowWords, unlimitable } from '../row-condition.ts';
import { isAllowed, quoted, readable, type Schema, shortName } from '../schema.ts';

/** What stands in the place of the tables for one person. */
export interface RowViews {
  /** By the table's name. */
  readonly views: ReadonlyMap<string, RowView>;
  /** By name, why what is allowed otherwise is not shown to this person. */
  readonly barred: ReadonlyMap<string, TableRefusal>;
}

/** A table by the rows of it that one person may have. */
export interface RowView {
  /** The view that alone may read the table. No statement can know its name: SQLite says the name of a WITH in the same way as a view's. */
  readonly inner: string;
  /** Makes it, and one of the table's name over it, which a name without `main.` finds before the table. */
  readonly sql: string;
}

/**
 * Views for each table that a query may be about. `limit -1 offset 0`: SQLite then moves nothing of a query into it, nor it into the
 * query, so no expression of the query ever meets another row (https://sqlite.org/src/file/src/select.c, pushDownWhereTerms,
 * restriction 2; flattenSubquery, restriction 14). `utf8`: whether its texts are ordered by code points.
 */
export function rowViews(rows: RowCondition, bounds: TableBounds, schema: Schema, utf8: boolean): RowViews {
  const views = new Map<string, RowView>();
  const barred = new Map<string, TableRefusal>();
  for (const [full, table] of schema.tables) {
    if (!isAllowed(bounds, full)) continue;
    const given = readable(bounds, full, table).map(({ name }) => name);
    const words = sqliteWords(given, utf8);
    const refusal = given.length === 0 ? nothingOf(full) : unlimitable(full, table, rows, words);
    if (refusal) {
      barred.set(table.name, refusal);
      continue;
    }
    const inner = `${table.name} ${randomUUID()}`;
    const columns = given.map((name) => `r.${quoted(name)}`).join(', ');
    const limited = `select ${columns} from main.${quoted(table.name)} as r where ${conditionSql(rows, words)} limit -1 offset 0`;
    const sql = `create temp view ${quoted(inner)} as ${limited}; create temp view ${quoted(table.name)} as select * from temp.${quoted(inner)}`;
    views.set(table.name, { inner, sql });
  }
  return { views, barred };
}

function nothingOf(full: string): TableRefusal {
  return { code: 'not_enforceable', key: 'query', says: `No column of ${named(shortName(full))} may be read` };
}

/**
 * Lays the views over an open database, and over everything else in it a view that the authorizer lets nobody read through: as far as a
 * statement can name it, because a file may hold many.
 */
export function layOver(database: DatabaseSync, { views }: RowViews, statement: string): void {
  const text = folded(statement);
  for (const [name, { sql }] of views) if (mayName(text, name)) database.exec(sql);
  const shown = new Set([...views.keys()].map(folded));
  const all = database.prepare("select name from main.sqlite_schema where type in ('table', 'view')").all();
  for (const name of all.map((row) => String(row['name'])))
    if (!shown.has(folded(name)) && !folded(name).startsWith('sqlite_') && mayName(text, name))
      database.exec(`create temp view ${quoted(name)} as select * from main.${quoted(name)}`);
}

/** A plain name has one spelling, in whatever quotes it stands. Others may be written in several ways, so they always count. */
function mayName(text: string, name: string): boolean {
  return !/^\w+$/.test(name) || text.includes(folded(name));
}

/** As SQLite folds names: the letters of ASCII alone. */
function folded(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Names are always those of `r`: a bare one in quotes that is no column would be a text. */
function sqliteWords(columns: readonly string[], utf8: boolean): RowWords {
  const known = new Map(columns.map((name) => [folded(name), `r.${quoted(name)}`]));
  const inOrder: RowWords['compared'] = (column, is, value) => {
    if (!utf8 && typeof value === 'string' && is !== '=' && is !== '<>')
      throw new Refused({ code: 'not_enforceable', key: 'query', says: 'A row rule orders texts, and this file is not in UTF-8' });
    return compared(column, is, value);
  };
  return { column: (name) => known.get(folded(name)), compared: inOrder, among, unknown: 'null' };
}

/** Unknown where the value has another type than the rule's: SQLite would make the one of the other. */
function ofKind(column: string, value: RowValue, says: string): string {
  if (typeof value === 'number') return `(case when typeof(${column}) in ('integer', 'real') then ${says} end)`;
  // It has no type of its own for them.
  if (typeof value === 'boolean') return `(case when typeof(${column}) = 'integer' and ${column} in (0, 1) then ${says} end)`;
  return `(case when typeof(${column}) = 'text' then ${says} end)`;
}

function compared(column: string, is: Comparison, value: RowValue): string {
  return ofKind(column, value, `${operand(column, value)} ${is} ${literal(value)}`);
}

/** As lists, because so many comparisons in a row would be too deep for SQLite. */
function among(column: string, values: readonly RowValue[]): string {
  const kinds = Map.groupBy(values, (value) => typeof value);
  const parts = [...kinds.values()].map((same) => {
    const first = same[0] as RowValue;
    return ofKind(column, first, `${operand(column, first)} in (${same.map(literal).join(', ')})`);
  });
  return joined(parts, 'or', 'false');
}

/** By code points, and as a text also where the column was declared as a number. */
function operand(column: string, value: RowValue): string {
  return typeof value === 'string' ? `cast(${column} as text) collate binary` : column;
}

function literal(value: RowValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') return numeral(value, (text) => `(${text})`);
  if (value.includes('\0') || !value.isWellFormed()) return invalid('A row rule compares with a text that SQLite cannot hold');
  return `'${value.replaceAll("'", "''")}'`;
}
