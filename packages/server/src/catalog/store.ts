import type { Tx } from '../kernel/recorder.ts';
import type { Database } from '../storage/database.ts';
import { kyselyOf } from '../storage/tx.ts';
import type { Comparison } from './compare.ts';
import { gone, type Row } from './row.ts';

/** What of the database the pins need. */
export type CatalogDatabase = Pick<Database, 'read'>;

const rowsAtOnce = 50;

/** What tells one state of a pin from another. */
export type Mark = Pick<Row, 'connection' | 'kind' | 'name' | 'digest' | 'changed_digest'>;

/** Where pins are kept. */
export interface CatalogStore {
  all(): Promise<readonly Row[]>;
  /** Which definitions stand, without what they say. */
  marks(): Promise<readonly Mark[]>;
  of(connection: string): Promise<readonly Row[]>;
  /** What there is, without what it says. */
  names(): Promise<readonly Pick<Row, 'connection' | 'kind' | 'name'>[]>;
  ofIn(tx: Tx, connection: string): Promise<readonly Row[]>;
  write(tx: Tx, connection: string, comparison: Comparison, by: string, atMs: number): Promise<void>;
  /** Moves one pin to what was kept aside, when that is still what was looked at; false when it is not. */
  accept(tx: Tx, row: Row, by: string, atMs: number): Promise<boolean>;
}

/** The pins of one database. */
export function catalogStore({ read }: CatalogDatabase): CatalogStore {
  return {
    all: async () =>
      (await read.selectFrom('definitions').selectAll().orderBy('connection').orderBy('kind').orderBy('name').execute()) as Row[],
    marks: async () =>
      (await read
        .selectFrom('definitions')
        .select(['connection', 'kind', 'name', 'digest', 'changed_digest'])
        .orderBy('connection')
        .orderBy('kind')
        .orderBy('name')
        .execute()) as Mark[],
    of: async (connection) =>
      (await read
        .selectFrom('definitions')
        .selectAll()
        .where('connection', '=', connection)
        .orderBy('kind')
        .orderBy('name')
        .execute()) as Row[],
    names: async () =>
      (await read.selectFrom('definitions').select(['connection', 'kind', 'name']).execute()) as Pick<
        Row,
        'connection' | 'kind' | 'name'
      >[],
    ofIn: async (tx, connection) =>
      (await kyselyOf(tx).selectFrom('definitions').selectAll().where('connection', '=', connection).execute()) as Row[],
    write,
    accept,
  };
}

async function write(tx: Tx, connection: string, comparison: Comparison, by: string, atMs: number): Promise<void> {
  const pins = comparison.pin.map((item) => ({
    ...item,
    connection,
    pinned_at_ms: atMs,
    pinned_by: by,
    changed_digest: null,
    changed_body: null,
  }));
  const fresh = comparison.aside
    .filter(({ known }) => !known)
    .map(({ item, digest, body }) => ({
      connection,
      kind: item.kind,
      name: item.name,
      digest: '',
      body: '',
      pinned_at_ms: 0,
      pinned_by: '',
      changed_digest: digest,
      changed_body: body,
    }));
  const rows = [...pins, ...fresh];
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    // Another node may have looked at the same moment: then its pins stand.
    const insert = kyselyOf(tx)
      .insertInto('definitions')
      .values(rows.slice(at, at + rowsAtOnce));
    await insert.onConflict((conflict) => conflict.doNothing()).execute();
  }
  for (const { item, digest, body, known } of comparison.aside) {
    if (!known) continue;
    const update = kyselyOf(tx).updateTable('definitions').set({ changed_digest: digest, changed_body: body });
    await update.where('connection', '=', connection).where('kind', '=', item.kind).where('name', '=', item.name).execute();
  }
  for (const { kind, name } of comparison.forget) {
    await kyselyOf(tx)
      .deleteFrom('definitions')
      .where('connection', '=', connection)
      .where('kind', '=', kind)
      .where('name', '=', name)
      .execute();
  }
}

async function accept(tx: Tx, row: Row, by: string, atMs: number): Promise<boolean> {
  const { connection, kind, name, changed_digest, changed_body } = row;
  if (changed_digest === null) return false;
  if (changed_digest === gone) {
    const forgotten = kyselyOf(tx).deleteFrom('definitions').where('connection', '=', connection).where('kind', '=', kind);
    const deleted = await forgotten.where('name', '=', name).where('changed_digest', '=', gone).executeTakeFirst();
    return deleted.numDeletedRows === 1n;
  }
  const moved = await kyselyOf(tx)
    .updateTable('definitions')
    .set({
      digest: changed_digest,
      body: changed_body ?? '',
      pinned_at_ms: atMs,
      pinned_by: by,
      changed_digest: null,
      changed_body: null,
    })
    .where('connection', '=', connection)
    .where('kind', '=', kind)
    .where('name', '=', name)
    .where('changed_digest', '=', changed_digest)
    .executeTakeFirst();
  return moved.numUpdatedRows === 1n;
}
