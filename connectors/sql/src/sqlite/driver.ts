import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TableBounds, TableJudgement } from '@trapkey/contract/tables.ts';
import type { Driver, Ran } from '../driver.ts';
import { statementBytesMax } from '../judge/statement.ts';
import { Refused } from '../refuse.ts';
import { fullName, type Schema } from '../schema.ts';
import { authorize, hasMore, unasked, writesOf } from './authorizer.ts';
import { type Asking, openThread } from './client.ts';
import { opensOthers } from './opened.ts';
import { layOver, type RowViews, rowViews } from './row-views.ts';
import type { Answered, Entry } from './thread.ts';

/** A copy of the tables without any rows, in memory: a statement is compiled against it to learn what it would touch. */
const twins = new WeakMap<Schema, { readonly twin: DatabaseSync; readonly utf8: boolean }>();

/** SQLite, each statement in a thread that can be ended. */
export function sqliteDriver(address: { readonly file: string; readonly tables: readonly string[] }, timeoutMs: number): Driver {
  const ask = openThread(resolve(address.file), timeoutMs);
  let known: Schema | undefined;
  const run = async (sql: string, tool: string, asking: Omit<Asking, 'signal'>, signal: AbortSignal) =>
    ranOf(await ask({ kind: 'run', tool, sql, ...asking }, signal), known);
  return {
    async schema() {
      const answered = await ask({ kind: 'schema' }, AbortSignal.timeout(timeoutMs));
      if (answered.kind !== 'schema') throw new Error('the file cannot be read as an SQLite database');
      known = schemaOf(answered, address.tables);
      return known;
    },
    judge: (sql, bounds, schema) => judged(sql, { tool: 'query', bounds, schema }),
    judgeChange: (sql, asked) => judged(sql, asked),
    limited(sql, rows, bounds, schema) {
      const over = rowViews(rows, bounds, schema, twins.get(schema)?.utf8 === true);
      const found = judged(sql, { tool: 'query', bounds, schema, over });
      if ('refusal' in found) throw new Refused(found.refusal);
      return { sql, over };
    },
    read: (sql, { rowsMax, bytesMax, signal, bounds, over }) => run(sql, 'query', { bounds, rowsMax, bytesMax, over }, signal),
    change: (sql, { tool, signal, bounds }) => run(sql, tool, { bounds, rowsMax: 0, bytesMax: 0 }, signal),
    close: ask.close,
  };
}

function schemaOf({ entries, utf8 }: Extract<Answered, { kind: 'schema' }>, tables: readonly string[]): Schema {
  const wanted = entries.filter(({ name }) => tables.some((table) => fullName(table) === fullName(name)));
  const twin = new DatabaseSync(':memory:', { defensive: true });
  for (const { sql } of [...entries].sort((a, b) => a.type.localeCompare(b.type))) if (!/^\s*create\s+virtual/i.test(sql)) twin.exec(sql);
  const schema: Schema = {
    database: '',
    wall: 'authorizer',
    tooWide: undefined,
    readAtMs: performance.now(),
    tables: new Map(wanted.map((one, at) => [fullName(one.name), tableOf(one, at)])),
  };
  twins.set(schema, { twin, utf8 });
  return schema;
}

function tableOf({ name, type, sql, columns }: Entry, at: number) {
  const own = columns.map((column, i) => ({ ...column, number: i + 1, readable: true }));
  return { schema: 'public', name, id: at + 1, columns: own, view: type === 'view' ? sql : undefined };
}

interface Judging {
  readonly tool: string;
  readonly bounds: TableBounds;
  readonly schema: Schema;
  readonly over?: RowViews;
}

/** Compiles it against the copy; what the copy refuses to compile, the file would refuse too. */
function judged(sql: string, { tool, bounds, schema, over }: Judging): TableJudgement {
  const invalid = (says: string): TableJudgement => ({ refusal: { code: 'invalid_input', key: 'query', says } });
  if (Buffer.byteLength(sql) > statementBytesMax) return invalid(`The query is over ${statementBytesMax} bytes`);
  if (sql.includes('\0') || !sql.isWellFormed()) return invalid('The query has control characters');
  const twin = twins.get(schema)?.twin;
  if (!twin) return invalid('The tables are not known yet');
  const barred = unasked(sql, tool, bounds, over);
  if (barred) return { refusal: barred };
  let seen: ReturnType<typeof authorize> | undefined;
  try {
    twin.exec('begin');
    if (over) layOver(twin, over, sql);
    seen = authorize(twin, bounds, { writes: writesOf(tool), over });
    const statement = twin.prepare(sql);
    if (hasMore(sql, statement.sourceSQL)) return invalid('There is more than one statement; send one at a time');
    twin.setAuthorizer(null);
    const others = opensOthers(twin, sql, { bounds, over, writes: tool !== 'query' });
    if (others) return { refusal: others };
    return { touched: [...seen.touched].map(([table, columns]) => `${table}(${[...columns].sort().join(', ')})`) };
  } catch {
    return seen?.refusal ? { refusal: seen.refusal } : invalid('The query does not parse, or names what is not there');
  } finally {
    twin.setAuthorizer(null);
    if (twin.isTransaction) twin.exec('rollback');
  }
}

const words: Readonly<Record<number, string>> = {
  5: 'a file that somebody else holds',
  9: 'a statement that takes too long',
  19: 'a constraint of the table',
};

function ranOf(answered: Answered, schema: Schema | undefined): Ran & { readonly changed?: number } {
  if (answered.kind !== 'rows') {
    if (answered.kind === 'failed' && answered.denied)
      return { kind: 'failed', denied: true, says: 'The database itself refuses this to the connector' };
    const code = answered.kind === 'failed' ? answered.code : 1;
    return { kind: 'failed', denied: false, says: `The database did not run it: ${words[code & 0xff] ?? 'an error'} (SQLite ${code})` };
  }
  const columns = answered.columns.map(({ name, type, table, column }) => {
    const found = table === null ? undefined : schema?.tables.get(fullName(table));
    const number = found?.columns.find((one) => one.name === column)?.number;
    return { name, type, origin: found && number !== undefined ? { table: found.id, number } : undefined };
  });
  return { kind: 'rows', columns, rows: answered.rows, cut: answered.cut, changed: answered.changed };
}
