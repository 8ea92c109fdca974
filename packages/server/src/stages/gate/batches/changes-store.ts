import { sql } from 'kysely';
import type { Tx } from '../../../kernel/recorder.ts';
import type { Database } from '../../../storage/database.ts';
import type { BatchChangesTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';

/** The columns of a change, and whether each is a text; leaving one out does not compile. */
const columns: { readonly [column in keyof BatchChangesTable]: 'text' | 'int' } = {
  call: 'text',
  batch: 'text',
  n: 'int',
  state: 'text',
  connector: 'text',
  tool: 'text',
  effect: 'text',
  digest: 'text',
  arguments: 'text',
  target: 'text',
  before_sealed: 'text',
  image: 'text',
  definition: 'text',
  policy: 'text',
  reach: 'int',
  destination: 'text',
  recipients: 'text',
  lists: 'text',
  staged_at_ms: 'int',
  drawn: 'int',
  extra: 'text',
  mark: 'text',
  marked_by: 'text',
  marked_at_ms: 'int',
  note: 'text',
  ran: 'text',
  sent: 'int',
  code: 'text',
  started_at_ms: 'int',
  ended_at_ms: 'int',
};
const names = Object.keys(columns) as (keyof BatchChangesTable)[];
const list = sql.join(names.map((name) => sql.ref(name)));

/** One text for however many rows, so that it is prepared once: the rows come as one JSON value. */
const from = {
  sqlite: sql.join(names.map((_, at) => sql`json_extract(value, ${sql.lit(`$[${at}]`)})`)),
  postgres: sql.join(
    names.map((name, at) => (columns[name] === 'int' ? sql`(value->>${sql.lit(at)})::bigint` : sql`value->>${sql.lit(at)}`)),
  ),
};

/** Writes staged changes, many in one statement. */
export async function insertChanges(tx: Tx, kind: Database['kind'], rows: readonly Readonly<BatchChangesTable>[]): Promise<void> {
  const values = JSON.stringify(rows.map((row) => names.map((name) => row[name])));
  const source = kind === 'sqlite' ? sql`json_each(${values})` : sql`jsonb_array_elements(cast(${values} as jsonb)) as each(value)`;
  await sql`insert into batch_changes (${list}) select ${from[kind]} from ${source}`.execute(kyselyOf(tx));
}
