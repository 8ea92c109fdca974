import type { Tx } from '../../kernel/recorder.ts';
import type { RequestView } from '../../kernel/requests.ts';
import type { Database } from '../../storage/database.ts';
import type { RequestsTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';

/** What of the database requests need. */
export type RequestDatabase = Pick<Database, 'read'>;

export type RequestRow = Readonly<RequestsTable>;

/** Where requests are kept. */
export interface RequestStore {
  /** Newest first. */
  list(filter: { readonly state: RequestView['state'] | 'all'; readonly person?: string }, max: number): Promise<readonly RequestRow[]>;
  /** Open ones that wait longest first; of owners under these names in small letters, or of all. */
  waiting(owners: readonly string[] | undefined, max: number): Promise<readonly RequestRow[]>;
  byId(id: string): Promise<RequestRow | undefined>;
  /** Open ones of a person, inside the record's transaction: nobody else opens one meanwhile. */
  openOf(tx: Tx, person: string, max: number): Promise<readonly RequestRow[]>;
  insert(tx: Tx, row: RequestRow): Promise<void>;
  /** Answers one that is open still; nothing when somebody was first. */
  answer(tx: Tx, id: string, to: Pick<RequestRow, 'answer' | 'answered_by' | 'answered_at_ms'>): Promise<RequestRow | undefined>;
}

/** The requests of one database. */
export function requestStore({ read }: RequestDatabase): RequestStore {
  return {
    async list({ state, person }, max) {
      let query = read.selectFrom('requests').selectAll();
      if (state !== 'all') query = query.where('state', '=', state);
      if (person !== undefined) query = query.where('person', '=', person);
      return await query.orderBy('created_at_ms', 'desc').orderBy('id').limit(max).execute();
    },
    async waiting(owners, max) {
      let query = read.selectFrom('requests').selectAll().where('state', '=', 'open');
      if (owners !== undefined) query = query.where(({ fn, eb }) => eb(fn<string>('lower', ['owner']), 'in', owners));
      return await query.orderBy('created_at_ms').orderBy('id').limit(max).execute();
    },
    byId: (id) => read.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst(),
    openOf: (tx, person, max) =>
      kyselyOf(tx).selectFrom('requests').selectAll().where('state', '=', 'open').where('person', '=', person).limit(max).execute(),
    async insert(tx, row) {
      await kyselyOf(tx).insertInto('requests').values(row).execute();
    },
    answer: (tx, id, to) =>
      kyselyOf(tx)
        .updateTable('requests')
        .set({ ...to, state: 'answered' })
        .where('id', '=', id)
        .where('state', '=', 'open')
        .returningAll()
        .executeTakeFirst(),
  };
}
