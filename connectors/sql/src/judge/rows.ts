import type { RowCondition } from '@trapkey/contract/rows.ts';
import type { TableBounds } from '@trapkey/contract/tables.ts';
import pg from 'pg';
import { deparseSync } from 'pgsql-deparser';
import { invalid, named, notOffered, Refused, tableNotAllowed } from '../refuse.ts';
import { conditionSql, unlimitable } from '../row-condition.ts';
import { isAllowed, readable, type Schema, shortName, type Table } from '../schema.ts';
import { list, node, type Tree, text, tree } from './nodes.ts';
import { postgresWords } from './row-sql.ts';
import { parsed } from './statement.ts';

interface Limit {
  readonly rows: RowCondition;
  readonly bounds: TableBounds;
  readonly schema: Schema;
  /** Names of WITH; none of them is also a table's. */
  readonly withs: ReadonlySet<string>;
}

/**
 * A statement that was judged, with each table in it replaced by its rows that a person may have. What is sent is parsed
 * again and must be the very tree that was meant, so that nothing rests on how a tree is written as text.
 */
export function limitedStatement(sql: string, rows: RowCondition, bounds: TableBounds, schema: Schema): string {
  const { kind, body } = parsed(sql);
  if (kind !== 'SelectStmt') notOffered('A plan tells of rows that this person may not see');
  const withs = withNames(body);
  const tables = new Set([...schema.tables.values()].map(({ name }) => name));
  for (const name of withs) if (tables.has(name)) invalid(`WITH calls something ${named(name)}, like a table; give it another name`);
  const meant = replaced({ SelectStmt: body }, { rows, bounds, schema, withs });
  const written = deparseSync(meant as Parameters<typeof deparseSync>[0], { pretty: false });
  const again = parsed(written);
  if (plain({ [again.kind]: again.body }) !== plain(meant)) notOffered('The query cannot be limited to the rows that this person may see');
  return written;
}

/** Everything that WITH names, wherever it stands. */
function withNames(value: unknown, found = new Set<string>()): ReadonlySet<string> {
  const own = node(value);
  if (own?.kind === 'CommonTableExpr') found.add(text(own.body['ctename']) ?? '');
  if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) withNames(child, found);
  return found;
}

function replaced(value: unknown, limit: Limit): unknown {
  if (Array.isArray(value)) return value.map((one) => replaced(one, limit));
  if (typeof value !== 'object' || value === null) return value;
  const found = node(value);
  if (found?.kind === 'RangeTableSample') notOffered('TABLESAMPLE is used');
  if (found?.kind === 'RangeVar') return relation(found.body, limit) ?? value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, replaced(child, limit)]));
}

/** A table as its rows of one person; undefined for a name of WITH. */
function relation(body: Tree, { rows, bounds, schema, withs }: Limit): Tree | undefined {
  const name = text(body['relname']) ?? '';
  if (body['schemaname'] === undefined && withs.has(name)) return undefined;
  const full = `${text(body['schemaname']) ?? 'public'}.${name}`;
  const table = isAllowed(bounds, full) ? schema.tables.get(full) : undefined;
  if (!table) return tableNotAllowed(shortName(full));
  const given = readable(bounds, full, table).map((column) => column.name);
  const alias = tree(body['alias']);
  if (list(alias?.['colnames']).length > 0 && given.length < table.columns.length)
    notOffered(`Columns of ${named(shortName(full))} get other names by their place`);
  const subquery = parsed(tableSql(table, given, rows, body['inh'] !== true));
  return { RangeSubselect: { subquery: { [subquery.kind]: subquery.body }, alias: alias ?? { aliasname: name } } };
}

/** `offset 0`: PostgreSQL moves nothing of the query into it, so no expression of the query ever meets another row. */
function tableSql(table: Table, given: readonly string[], rows: RowCondition, only: boolean): string {
  const words = postgresWords(new Set(given));
  const refusal = unlimitable(`${table.schema}.${table.name}`, table, rows, words);
  if (refusal) throw new Refused(refusal);
  const columns = given.map((column) => `r.${pg.escapeIdentifier(column)}`).join(', ');
  const from = `${only ? 'only ' : ''}${pg.escapeIdentifier(table.schema)}.${pg.escapeIdentifier(table.name)}`;
  return `select ${columns} from ${from} as r where ${conditionSql(rows, words)} offset 0`;
}

const places: ReadonlySet<string> = new Set(
  'location stmt_location stmt_len list_start list_end rexpr_list_start rexpr_list_end'.split(' '),
);

/** A tree without where its parts stood. */
function plain(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !places.has(key));
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, child]) => [key, sorted(child)]));
}
