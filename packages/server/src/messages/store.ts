import type { MessageView } from '../kernel/messages.ts';
import type { Tx } from '../kernel/recorder.ts';
import type { Database } from '../storage/database.ts';
import type { OutboxTable } from '../storage/tables.ts';
import { kyselyOf } from '../storage/tx.ts';

/** What of the database messages need. */
export type MessageDatabase = Pick<Database, 'read'>;

/** A message as stored. */
export type MessageRow = Readonly<OutboxTable>;

/** When the next try of a message is that nobody tries any more. */
export const neverMs = 9_000_000_000_000_000;

/** Where messages wait until they are delivered. */
export interface MessageStore {
  /** Adds them, unless so many wait already; gives how many were left out. */
  add(tx: Tx, rows: readonly MessageRow[], waitingMax: number): Promise<number>;
  anyDue(nowMs: number): Promise<boolean>;
  /** Takes those that are due for so long: who dies meanwhile leaves them to the next. */
  claim(tx: Tx, nowMs: number, leaseMs: number, max: number): Promise<readonly MessageRow[]>;
  /** The result of one try; false when the lease is not the one any more that it was made under. */
  ended(tx: Tx, row: MessageRow, to: Partial<Pick<MessageRow, 'delivered_at_ms' | 'next_at_ms' | 'error'>>): Promise<boolean>;
  /** Makes one due now that is not delivered; nothing when there is none. */
  again(tx: Tx, id: string, nowMs: number): Promise<MessageRow | undefined>;
  /** Forgets what was delivered, or given up, before this moment. */
  forget(tx: Tx, beforeMs: number): Promise<void>;
  list(state: MessageView['state'] | 'undelivered' | 'all', max: number): Promise<readonly MessageRow[]>;
}

/** The messages of one database. The record's transaction holds the tree's lock, so no two workers claim one. */
export function messageStore({ read }: MessageDatabase): MessageStore {
  return {
    async add(tx, rows, waitingMax) {
      const db = kyselyOf(tx);
      const { waiting } = await db
        .selectFrom((inner) => inner.selectFrom('outbox').select('id').where('delivered_at_ms', 'is', null).limit(waitingMax).as('waiting'))
        .select(({ fn }) => fn.countAll<number | string>().as('waiting'))
        .executeTakeFirstOrThrow();
      const fit = rows.slice(0, Math.max(0, waitingMax - Number(waiting)));
      if (fit.length > 0) await db.insertInto('outbox').values(fit).execute();
      return rows.length - fit.length;
    },
    async anyDue(nowMs) {
      const due = await read
        .selectFrom('outbox')
        .select('id')
        .where('delivered_at_ms', 'is', null)
        .where('next_at_ms', '<=', nowMs)
        .limit(1)
        .executeTakeFirst();
      return due !== undefined;
    },
    async claim(tx, nowMs, leaseMs, max) {
      const db = kyselyOf(tx);
      const due = await db
        .selectFrom('outbox')
        .select('id')
        .where('delivered_at_ms', 'is', null)
        .where('next_at_ms', '<=', nowMs)
        .orderBy('next_at_ms')
        .limit(max)
        .execute();
      if (due.length === 0) return [];
      return await db
        .updateTable('outbox')
        .set((eb) => ({ next_at_ms: nowMs + leaseMs, attempts: eb('attempts', '+', 1) }))
        .where(
          'id',
          'in',
          due.map(({ id }) => id),
        )
        .returningAll()
        .execute();
    },
    async ended(tx, row, to) {
      const changed = await kyselyOf(tx)
        .updateTable('outbox')
        .set(to)
        .where('id', '=', row.id)
        .where('attempts', '=', row.attempts)
        .where('delivered_at_ms', 'is', null)
        .returning('id')
        .executeTakeFirst();
      return changed !== undefined;
    },
    again: (tx, id, nowMs) =>
      kyselyOf(tx)
        .updateTable('outbox')
        .set({ next_at_ms: nowMs, attempts: 0 })
        .where('id', '=', id)
        .where('delivered_at_ms', 'is', null)
        .returningAll()
        .executeTakeFirst(),
    forget,
    list: (state, max) => list({ read }, state, max),
  };
}

async function forget(tx: Tx, beforeMs: number): Promise<void> {
  await kyselyOf(tx)
    .deleteFrom('outbox')
    .where('created_at_ms', '<', beforeMs)
    .where((eb) => eb.or([eb('delivered_at_ms', 'is not', null), eb('next_at_ms', '=', neverMs)]))
    .execute();
}

async function list(
  { read }: MessageDatabase,
  state: MessageView['state'] | 'undelivered' | 'all',
  max: number,
): Promise<readonly MessageRow[]> {
  let query = read.selectFrom('outbox').selectAll();
  if (state === 'delivered') query = query.where('delivered_at_ms', 'is not', null);
  else if (state !== 'all') query = query.where('delivered_at_ms', 'is', null);
  if (state === 'given_up') query = query.where('next_at_ms', '=', neverMs);
  if (state === 'waiting') query = query.where('next_at_ms', '<', neverMs);
  return await query.orderBy('created_at_ms', 'desc').orderBy('id').limit(max).execute();
}
