import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { TableBounds } from '@trapkey/contract/tables.ts';
import type { AnswerColumn, Ran } from './driver.ts';
import { isDenied, type Schema } from './schema.ts';

const textBytesMax = 32 * 1024;
const depthMax = 50;

/** The last wall: a column that is denied by its name or by where its values come from, and such a key in any JSON value, goes no further. */
export function answer(ran: Extract<Ran, { kind: 'rows' }>, bounds: TableBounds, schema: Schema): JsonObject {
  const denied = bounds.deniedColumns.map((column) => column.slice(column.lastIndexOf('.') + 1).toLowerCase());
  const names = distinct(ran.columns);
  const kept = ran.columns.flatMap((column, i) =>
    denied.includes(column.name.toLowerCase()) || comesFrom(column, bounds, schema) ? [] : [i],
  );
  const withheld = ran.columns.length - kept.length;
  const rows = ran.rows.map((row) => Object.fromEntries(kept.map((i) => [names[i] ?? '', screened(row[i], denied, 0)])));
  const structured: JsonObject = {
    columns: Object.fromEntries(kept.map((i) => [names[i] ?? '', ran.columns[i]?.type ?? 'text'])),
    rows,
    row_count: rows.length,
    complete: ran.cut === undefined,
    ...(ran.cut !== undefined && { cut: cutWords(ran.cut, bounds) }),
    ...(withheld > 0 && { withheld_columns: withheld }),
  };
  return { content: [{ type: 'text', text: textOf(structured, rows) }], structuredContent: structured };
}

function comesFrom({ origin }: AnswerColumn, bounds: TableBounds, schema: Schema): boolean {
  if (!origin) return false;
  for (const [full, table] of schema.tables)
    if (table.id === origin.table) {
      const column = table.columns.find(({ number }) => number === origin.number);
      // A column that came after the schema was read is not known, and what is not known is not shown.
      return column === undefined || isDenied(bounds, full, column.name);
    }
  return false;
}

/** Two columns of one name are told apart; the database does not mind them, an object would lose one. */
function distinct(columns: readonly AnswerColumn[]): readonly string[] {
  const seen = new Map<string, number>();
  return columns.map(({ name }) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  });
}

function screened(value: unknown, denied: readonly string[], depth: number): Json {
  if (depth > depthMax) return null;
  if (Array.isArray(value)) return value.map((one) => screened(one, denied, depth + 1));
  if (typeof value !== 'object' || value === null) return (value ?? null) as Json;
  const kept = Object.entries(value).filter(([key]) => !denied.includes(key.toLowerCase()));
  return Object.fromEntries(kept.map(([key, child]) => [key, screened(child, denied, depth + 1)]));
}

function cutWords(cut: 'rows' | 'bytes', { rowLimit }: TableBounds): string {
  return cut === 'rows'
    ? `There are more rows; this connector gives at most ${rowLimit} (row_limit). Aggregate or narrow the query.`
    : 'The answer grew too large and was cut. Ask for fewer columns or rows.';
}

/** What a client that knows no structured content shows; where it would be long, it says where the rows are. */
function textOf(structured: JsonObject, rows: readonly JsonObject[]): string {
  const whole = rows.length <= 200 ? JSON.stringify(structured) : '';
  if (whole !== '' && whole.length <= textBytesMax) return whole;
  const { cut } = structured;
  return `${rows.length} rows, in the structured content.${typeof cut === 'string' ? ` ${cut}` : ''}`;
}
