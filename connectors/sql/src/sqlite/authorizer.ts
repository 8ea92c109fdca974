import { constants, type DatabaseSync } from 'node:sqlite';
import type { TableBounds, TableRefusal } from '@trapkey/contract/tables.ts';
import { fullName, isAllowed, isDenied } from '../schema.ts';
import { namesPast, readOver } from './row-access.ts';
import type { RowViews } from './row-views.ts';

const functions: ReadonlySet<string> = new Set(
  `abs avg ceil ceiling char coalesce concat concat_ws count cume_dist date datetime degrees dense_rank exp first_value floor glob
  group_concat hex ifnull iif if instr json json_array json_array_length json_extract json_group_array json_group_object json_object
  json_quote json_type json_valid julianday lag last_value lead length like ln log log10 log2 lower ltrim max min mod nth_value ntile
  nullif octet_length percent_rank pi pow power quote radians rank replace round row_number rtrim sign sqrt strftime string_agg substr
  substring sum time timediff total trim trunc typeof unicode unixepoch upper -> ->>`.split(/\s+/),
);

/** What an authorizer saw of one statement. */
export interface Seen {
  refusal: TableRefusal | undefined;
  readonly touched: Map<string, Set<string>>;
}

type Answer = { readonly refusal: TableRefusal } | 'allow';

const bars: TableRefusal = {
  code: 'read_only',
  key: 'access',
  says: 'Only reading is allowed here, and this would change something or set something',
};

interface Allowing {
  /** The actions on rows that may be compiled. */
  readonly writes?: ReadonlySet<number>;
  /** Tables are read through these alone. */
  readonly over?: RowViews | undefined;
}

/**
 * SQLite asks before it compiles each access to a table, column or function: what is not allowed does not compile. Everything
 * that it does not ask about here is refused.
 */
export function authorize(database: DatabaseSync, bounds: TableBounds, { writes = new Set(), over }: Allowing = {}): Seen {
  const seen: Seen = { refusal: undefined, touched: new Map() };
  database.setAuthorizer((action, first, second, from, via) => {
    const answer =
      (action === constants.SQLITE_READ && over && readOver(over, { table: first ?? '', from, via })) ||
      asked(action, first ?? '', second ?? '');
    if (answer === 'allow') return constants.SQLITE_OK;
    seen.refusal ??= answer.refusal;
    return constants.SQLITE_DENY;
  });
  const asked = (action: number, first: string, second: string): Answer => {
    if (action === constants.SQLITE_SELECT || action === constants.SQLITE_RECURSIVE) return 'allow';
    if (action === constants.SQLITE_READ) return reading(bounds, seen, first, second);
    if (action === constants.SQLITE_FUNCTION) return calling(second);
    if (!writes.has(action)) return { refusal: bars };
    return reading(bounds, seen, first, action === constants.SQLITE_UPDATE ? second : '');
  };
  return seen;
}

function reading(bounds: TableBounds, seen: Seen, table: string, column: string): Answer {
  const full = fullName(table);
  if (!isAllowed(bounds, full))
    return {
      refusal: {
        code: 'table_not_allowed',
        key: 'allowed_tables',
        says: `The table ${table} is not among the tables that this connector may read`,
      },
    };
  if (isDenied(bounds, full, column))
    return { refusal: { code: 'column_denied', key: 'denied_columns', says: `The column ${table}.${column} is denied` } };
  const columns = seen.touched.get(table) ?? new Set<string>();
  if (column !== '') columns.add(column);
  seen.touched.set(table, columns);
  return 'allow';
}

function calling(name: string): Answer {
  if (functions.has(name.toLowerCase())) return 'allow';
  return {
    refusal: {
      code: 'not_offered',
      key: 'query',
      says: `The function ${name.slice(0, 80)} is called; this connector does not offer it in queries`,
    },
  };
}

/** The actions that a tool may compile besides reading. */
export function writesOf(tool: string): ReadonlySet<number> {
  if (tool === 'change') return new Set([constants.SQLITE_INSERT, constants.SQLITE_UPDATE]);
  if (tool === 'delete') return new Set([constants.SQLITE_DELETE]);
  if (tool === 'count_changes') return new Set([constants.SQLITE_INSERT, constants.SQLITE_UPDATE, constants.SQLITE_DELETE]);
  return new Set();
}

/** Whether a text holds anything after its first statement, which SQLite would leave out without a word. */
export function hasMore(sql: string, compiled: string): boolean {
  const rest = sql.slice(sql.indexOf(compiled) + compiled.length);
  return rest.replaceAll(/--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|[\s;]/g, '') !== '';
}

const heads: Readonly<Record<string, RegExp>> = {
  query: /^(?:select|with|values)\b/i,
  change: /^(?:insert|update)\b/i,
  delete: /^delete\b/i,
  count_changes: /^(?:insert|update|delete)\b/i,
};

/** What the authorizer is not asked about: other statements (VACUUM), columns that a join compares without naming them, tables named past their views. */
export function unasked(sql: string, tool: string, bounds: TableBounds, over?: RowViews): TableRefusal | undefined {
  const past = over && namesPast(sql);
  if (past) return past;
  const bare = sql.replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '');
  if (!heads[tool]?.test(bare)) {
    const changes = /^(?:insert|update|delete|replace|create|drop|alter|attach|detach|pragma|vacuum|reindex|begin|commit|savepoint)\b/i;
    return changes.test(bare) ? bars : { code: 'invalid_input', key: 'query', says: `This is no statement for ${tool}` };
  }
  if (bounds.deniedColumns.length === 0) return undefined;
  const how = natural.test(sql) ? 'NATURAL' : using.test(sql) ? 'USING' : undefined;
  if (how === undefined) return undefined;
  const says = `${how} compares columns without a word for each, and some are denied here; join with ON`;
  return { code: 'column_denied', key: 'denied_columns', says };
}

// Looked for everywhere, also where it may be text: what stands in quotes is for SQLite alone to say.
const gap = String.raw`(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)`;
const natural = new RegExp(`natural${gap}+(?:join|left|right|full|inner|outer|cross)`, 'i');
const using = new RegExp(`using${gap}*\\(`, 'i');
