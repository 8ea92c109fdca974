import type { Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import type { AnnouncementsTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';

/** What of the database the announcements need. */
export type AnnouncedDatabase = Pick<Database, 'read'>;
export type AnnouncedRow = Readonly<AnnouncementsTable>;

/** One call by its person and id. */
export async function byToolUse(database: AnnouncedDatabase, person: string, toolUse: string): Promise<AnnouncedRow | undefined> {
  return await database.read
    .selectFrom('announcements')
    .selectAll()
    .where('person', '=', person)
    .where('tool_use', '=', toolUse)
    .executeTakeFirst();
}

/** False when the id is taken. */
export async function insertAnnounced(tx: Tx, row: AnnouncedRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await kyselyOf(tx)
    .insertInto('announcements')
    .values(row)
    .onConflict((conflict) => conflict.columns(['person', 'tool_use']).doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) === 1n;
}

/** Marks a call as ended; false when it was before, so that its end is recorded once. */
export async function markEnded(tx: Tx, row: Pick<AnnouncedRow, 'person' | 'tool_use'>, atMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kyselyOf(tx)
    .updateTable('announcements')
    .set({ ended_at_ms: atMs, admitted: null })
    .where('person', '=', row.person)
    .where('tool_use', '=', row.tool_use)
    .where('ended_at_ms', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** What a session was let run and nobody told the end of, oldest first. */
export async function openOf(database: AnnouncedDatabase, person: string, session: string, max: number): Promise<readonly AnnouncedRow[]> {
  return await database.read
    .selectFrom('announcements')
    .selectAll()
    .where('person', '=', person)
    .where('session', '=', session)
    .where('admitted', 'is not', null)
    .where('ended_at_ms', 'is', null)
    .orderBy('at_ms')
    .limit(max)
    .execute();
}

/** Takes out what is older than anything may join it. */
export async function forgetBefore(tx: Tx, atMs: number): Promise<void> {
  await kyselyOf(tx).deleteFrom('announcements').where('at_ms', '<', atMs).execute();
}
