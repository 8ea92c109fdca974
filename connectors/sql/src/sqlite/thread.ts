import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { TableBounds } from '@trapkey/contract/tables.ts';
import { authorize, hasMore, unasked, writesOf } from './authorizer.ts';
import { opensOthers } from './opened.ts';
import { layOver, type RowViews } from './row-views.ts';

/** What the thread is asked, one at a time. */
export type Asked =
  | { readonly kind: 'schema' }
  | {
      readonly kind: 'run';
      readonly tool: string;
      readonly sql: string;
      readonly bounds: TableBounds;
      readonly rowsMax: number;
      readonly bytesMax: number;
      /** In the place of the tables. */
      readonly over?: RowViews | undefined;
    };

/** A table or view as the file has it. */
export interface Entry {
  readonly name: string;
  readonly type: string;
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export type Answered =
  | { readonly kind: 'schema'; readonly entries: readonly Entry[]; readonly utf8: boolean }
  | {
      readonly kind: 'rows';
      readonly columns: readonly {
        readonly name: string;
        readonly table: string | null;
        readonly column: string | null;
        readonly type: string;
      }[];
      readonly rows: readonly (readonly unknown[])[];
      readonly cut: 'rows' | 'bytes' | undefined;
      readonly changed: number;
    }
  | { readonly kind: 'failed'; readonly denied: boolean; readonly code: number };

const { file, busyMs } = workerData as { readonly file: string; readonly busyMs: number };

function schema(): Answered {
  using database = new DatabaseSync(file, { readOnly: true, timeout: busyMs });
  const found = database
    .prepare(
      "select name, type, sql from sqlite_schema where type in ('table', 'view') and sql is not null and name not like 'sqlite!_%' escape '!'",
    )
    .all();
  const entries = found.map((one) => ({
    name: String(one['name']),
    type: String(one['type']),
    sql: String(one['sql']),
    columns: database
      .prepare('select name, type from pragma_table_xinfo(?) where hidden in (0, 2, 3)')
      .all(String(one['name']))
      .map((column) => ({ name: String(column['name']), type: String(column['type'] || 'any').toLowerCase() })),
  }));
  const encoding = database.prepare('pragma encoding').get()?.['encoding'];
  return { kind: 'schema', entries, utf8: encoding === 'UTF-8' };
}

/** Runs one statement on a connection of its own, which only reads unless the tool changes rows. */
function run({ tool, sql, bounds, rowsMax, bytesMax, over }: Extract<Asked, { kind: 'run' }>): Answered {
  const writes = writesOf(tool);
  const denied: Answered = { kind: 'failed', denied: true, code: 0 };
  if (unasked(sql, tool, bounds, over)) return denied;
  using database = new DatabaseSync(file, { readOnly: writes.size === 0, timeout: busyMs, defensive: true });
  // One snapshot: what is looked at is what runs.
  database.exec(writes.size > 0 ? 'begin immediate' : 'begin');
  if (over) layOver(database, over, sql);
  const others = opensOthers(database, sql, { bounds, over, writes: writes.size > 0 });
  const seen = authorize(database, bounds, { writes, over });
  try {
    const statement = database.prepare(sql);
    if (others || hasMore(sql, statement.sourceSQL)) return denied;
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    const answer = writes.size === 0 ? rowsOf(statement, rowsMax, bytesMax) : changedBy(statement);
    database.setAuthorizer(null);
    if (writes.size > 0) database.exec(tool === 'count_changes' ? 'rollback' : 'commit');
    return answer;
  } catch (error) {
    return { kind: 'failed', denied: seen.refusal !== undefined, code: Number((error as { readonly errcode?: unknown }).errcode ?? 1) };
  }
}

function changedBy(statement: ReturnType<DatabaseSync['prepare']>): Answered {
  return { kind: 'rows', columns: [], rows: [], cut: undefined, changed: Number(statement.run().changes) };
}

function rowsOf(statement: ReturnType<DatabaseSync['prepare']>, rowsMax: number, bytesMax: number): Answered {
  const columns = statement
    .columns()
    .map(({ name, table, column, type }) => ({ name, table, column, type: (type ?? 'any').toLowerCase() }));
  const rows: unknown[][] = [];
  let bytes = 0;
  for (const row of statement.iterate() as unknown as Iterable<readonly unknown[]>) {
    const plain = row.map(plainly);
    bytes += plain.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length + 4 : 12), 2);
    if (bytes > bytesMax || rows.length === rowsMax)
      return { kind: 'rows', columns, rows, cut: bytes > bytesMax ? 'bytes' : 'rows', changed: 0 };
    rows.push(plain);
  }
  return { kind: 'rows', columns, rows, cut: undefined, changed: 0 };
}

function plainly(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value;
}

parentPort?.on('message', (asked: Asked) => parentPort?.postMessage(asked.kind === 'schema' ? safely(schema) : safely(() => run(asked))));

function safely(work: () => Answered): Answered {
  try {
    return work();
  } catch (error) {
    return { kind: 'failed', denied: false, code: Number((error as { readonly errcode?: unknown }).errcode ?? 1) };
  }
}
