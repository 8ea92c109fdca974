import type { AlertState, Signal } from '../../kernel/alerts.ts';
import type { Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import type { AlertsTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';

/** What of the database alerts need. */
export type AlertDatabase = Pick<Database, 'read'>;

export type AlertRow = Readonly<AlertsTable>;

const inboxMax = 500;
/** Each row is sixteen values, and a statement takes so many. */
const rowsAtOnceMax = 500;

/** Where alerts, and the signals that become them, are kept. All writing happens in the record's transaction, one at a time. */
export interface AlertStore {
  cursor(): Promise<number>;
  /** Moves it; false when another process was first. */
  moveCursor(tx: Tx, from: number, to: number): Promise<boolean>;
  anySignal(): Promise<boolean>;
  put(tx: Tx, signal: Signal, atMs: number): Promise<void>;
  takeSignals(tx: Tx): Promise<readonly Signal[]>;
  ofScopes(tx: Tx, scopes: readonly string[]): Promise<readonly AlertRow[]>;
  count(tx: Tx): Promise<number>;
  /** Writes rows whole, by their id. */
  write(tx: Tx, rows: readonly AlertRow[]): Promise<void>;
  /** Open ones that may have to be told again. */
  open(max: number): Promise<readonly AlertRow[]>;
  byIds(tx: Tx, ids: readonly string[]): Promise<readonly AlertRow[]>;
  byId(id: string): Promise<AlertRow | undefined>;
  list(state: AlertState | 'unresolved' | 'all', max: number): Promise<readonly AlertRow[]>;
  forget(tx: Tx, resolvedBeforeMs: number): Promise<void>;
}

/** The alerts of one database. */
export function alertStore({ read }: AlertDatabase): AlertStore {
  const all = () => read.selectFrom('alerts').selectAll();
  return {
    ...cursorIn({ read }),
    ...inboxIn({ read }),
    ofScopes: async (tx, scopes) =>
      (await kyselyOf(tx).selectFrom('alerts').selectAll().where('scope', 'in', scopes).execute()).map(numbered),
    async count(tx) {
      const { many } = await kyselyOf(tx)
        .selectFrom('alerts')
        .select(({ fn }) => fn.countAll<number | string>().as('many'))
        .executeTakeFirstOrThrow();
      return Number(many);
    },
    write,
    open: async (max) => (await all().where('state', '=', 'open').orderBy('told_at_ms').limit(max).execute()).map(numbered),
    byIds: async (tx, ids) =>
      ids.length === 0 ? [] : (await kyselyOf(tx).selectFrom('alerts').selectAll().where('id', 'in', ids).execute()).map(numbered),
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst();
      return row && numbered(row);
    },
    async list(state, max) {
      let query = all();
      if (state === 'unresolved') query = query.where('state', '!=', 'resolved');
      else if (state !== 'all') query = query.where('state', '=', state);
      return (await query.orderBy('last_at_ms', 'desc').orderBy('id').limit(max).execute()).map(numbered);
    },
    async forget(tx, resolvedBeforeMs) {
      await kyselyOf(tx).deleteFrom('alerts').where('state', '=', 'resolved').where('last_at_ms', '<', resolvedBeforeMs).execute();
    },
  };
}

function cursorIn({ read }: AlertDatabase): Pick<AlertStore, 'cursor' | 'moveCursor'> {
  return {
    async cursor() {
      return Number((await read.selectFrom('alert_cursor').select('entry').where('id', '=', 1).executeTakeFirstOrThrow()).entry);
    },
    async moveCursor(tx, from, to) {
      const moved = await kyselyOf(tx)
        .updateTable('alert_cursor')
        .set({ entry: to })
        .where('id', '=', 1)
        .where('entry', '=', from)
        .returning('id')
        .executeTakeFirst();
      return moved !== undefined;
    },
  };
}

function inboxIn({ read }: AlertDatabase): Pick<AlertStore, 'anySignal' | 'put' | 'takeSignals'> {
  return {
    anySignal: async () => (await read.selectFrom('signals').select('kind').limit(1).executeTakeFirst()) !== undefined,
    async put(tx, signal, atMs) {
      const { kind, scope, count = 1 } = signal;
      await kyselyOf(tx)
        .insertInto('signals')
        .values({ kind, scope, body: JSON.stringify(signal), count, at_ms: atMs })
        .onConflict((conflict) =>
          conflict.columns(['kind', 'scope']).doUpdateSet((eb) => ({
            body: eb.ref('excluded.body'),
            count: eb('signals.count', '+', count),
            at_ms: eb.ref('excluded.at_ms'),
          })),
        )
        .execute();
    },
    async takeSignals(tx) {
      const db = kyselyOf(tx);
      const rows = await db.selectFrom('signals').selectAll().orderBy('at_ms').limit(inboxMax).execute();
      for (const { kind, scope } of rows) await db.deleteFrom('signals').where('kind', '=', kind).where('scope', '=', scope).execute();
      return rows.map((row) => ({ ...(JSON.parse(row.body) as Signal), count: Number(row.count), atMs: Number(row.at_ms) }));
    },
  };
}

async function write(tx: Tx, rows: readonly AlertRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsAtOnceMax) await writeSome(tx, rows.slice(at, at + rowsAtOnceMax));
}

async function writeSome(tx: Tx, rows: readonly AlertRow[]): Promise<void> {
  await kyselyOf(tx)
    .insertInto('alerts')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet(({ ref }) => ({
        body: ref('excluded.body'),
        owner: ref('excluded.owner'),
        state: ref('excluded.state'),
        count: ref('excluded.count'),
        first_at_ms: ref('excluded.first_at_ms'),
        last_at_ms: ref('excluded.last_at_ms'),
        told_at_ms: ref('excluded.told_at_ms'),
        told_count: ref('excluded.told_count'),
        next_count: ref('excluded.next_count'),
        muted_until_ms: ref('excluded.muted_until_ms'),
        by: ref('excluded.by'),
        reason: ref('excluded.reason'),
      })),
    )
    .execute();
}

/** PostgreSQL may give 64-bit numbers as text. */
function numbered(row: AlertRow): AlertRow {
  const { count, first_at_ms, last_at_ms, told_at_ms, told_count, next_count, muted_until_ms } = row;
  return {
    ...row,
    count: Number(count),
    first_at_ms: Number(first_at_ms),
    last_at_ms: Number(last_at_ms),
    told_at_ms: Number(told_at_ms),
    told_count: Number(told_count),
    next_count: Number(next_count),
    muted_until_ms: muted_until_ms === null ? null : Number(muted_until_ms),
  };
}
