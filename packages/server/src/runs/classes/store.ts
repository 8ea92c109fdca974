import type { ReadClass } from '../../kernel/data.ts';
import type { Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import { kyselyOf } from '../../storage/tx.ts';

/** What of the database the memory needs. */
export type ClassDatabase = Pick<Database, 'read'>;

const readMax = 500;
const boundMax = 500;

/** Notes that classes were read; what is older than anybody asks for goes with it. */
export async function insertRead(tx: Tx, person: string, rows: readonly ReadClass[], forgetBeforeMs: number | undefined): Promise<void> {
  const db = kyselyOf(tx);
  await db
    .insertInto('read_classes')
    .values(rows.map((row) => ({ person, class: row.class, source: row.from, call: row.call, at_ms: row.atMs })))
    .onConflict((conflict) =>
      conflict
        .columns(['person', 'class', 'source'])
        .doUpdateSet((eb) => ({ call: eb.ref('excluded.call'), at_ms: eb.ref('excluded.at_ms') })),
    )
    .execute();
  if (forgetBeforeMs === undefined) return;
  await db.deleteFrom('read_classes').where('at_ms', '<', forgetBeforeMs).execute();
}

/** What a person's agents read since; the latest first. */
export async function readSince({ read }: ClassDatabase, person: string, afterMs: number): Promise<readonly ReadClass[]> {
  const rows = await read
    .selectFrom('read_classes')
    .selectAll()
    .where('person', '=', person)
    .where('at_ms', '>', afterMs)
    .orderBy('at_ms', 'desc')
    .limit(readMax)
    .execute();
  return rows.map((row) => ({ class: row.class, from: row.source, call: row.call, atMs: row.at_ms }));
}

export interface BoundRow {
  readonly run: string;
  readonly name: string;
  readonly digest: string;
}

/** What the latest runs of a person are bound to. */
export async function boundOf({ read }: ClassDatabase, person: string, afterMs: number): Promise<readonly BoundRow[]> {
  return await read
    .selectFrom('run_bindings')
    .select(['run', 'name', 'digest'])
    .where('person', '=', person)
    .where('at_ms', '>', afterMs)
    .orderBy('at_ms', 'desc')
    .limit(boundMax)
    .execute();
}

/** Binds a run, unless it is bound; gives what it is bound to now. */
export async function bindRun(
  tx: Tx,
  row: BoundRow & { readonly person: string; readonly atMs: number },
  forgetBeforeMs: number,
): Promise<string> {
  const db = kyselyOf(tx);
  const { run, name, person, digest, atMs } = row;
  await db.deleteFrom('run_bindings').where('person', '=', person).where('at_ms', '<', forgetBeforeMs).execute();
  await db
    .insertInto('run_bindings')
    .values({ run, name, person, digest, at_ms: atMs })
    .onConflict((conflict) => conflict.columns(['run', 'name']).doNothing())
    .execute();
  const found = await db
    .selectFrom('run_bindings')
    .select('digest')
    .where('run', '=', run)
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return found.digest;
}
