import type { Tx } from '../../../kernel/recorder.ts';
import type { GlassUse } from '../../../kernel/reviews.ts';
import type { Database } from '../../../storage/database.ts';
import type { GlassReviewsTable } from '../../../storage/tables.ts';
import { kyselyOf } from '../../../storage/tx.ts';
import { approvalsOf } from '../approved-by.ts';
import type { TicketRow } from '../store.ts';

/** What of the database reviews need. */
export type GlassDatabase = Pick<Database, 'read'>;

/** Where uses of break-glass, and their reviews, are read and kept. */
export interface GlassStore {
  list(max: number): Promise<readonly GlassUse[]>;
  /** Writes down a review; false when there is one. */
  add(tx: Tx, row: GlassReviewsTable): Promise<boolean>;
}

/** The uses of one database. */
export function glassStore({ read }: GlassDatabase): GlassStore {
  return {
    async list(max) {
      const rows = await read
        .selectFrom('tickets')
        .leftJoin('glass_reviews', 'glass_reviews.ticket', 'tickets.id')
        .selectAll('tickets')
        .select(['glass_reviews.person as reviewer', 'glass_reviews.at_ms as reviewed', 'glass_reviews.note as note'])
        .where('tickets.decisions', 'like', '%"kind":"break-glass"%')
        .orderBy('tickets.created_at_ms', 'desc')
        .orderBy('tickets.id')
        .limit(max)
        .execute();
      return rows.flatMap(({ reviewer, reviewed, note, ...row }) => {
        const alone = approvalsOf(row as TicketRow).findLast(({ kind }) => kind === 'break-glass');
        const review = reviewer === null ? undefined : { person: reviewer, atMs: Number(reviewed), note: note ?? '' };
        const { id: ticket, person, sentence, state } = row;
        return alone ? [{ ticket, by: alone.person, person, atMs: alone.atMs, reason: alone.reason, sentence, state, review }] : [];
      });
    },
    async add(tx, row) {
      const added = await kyselyOf(tx)
        .insertInto('glass_reviews')
        .values(row)
        .onConflict((conflict) => conflict.column('ticket').doNothing())
        .returning('ticket')
        .executeTakeFirst();
      return added !== undefined;
    },
  };
}
