import { decodePeaks, type TreeHead } from '../../kernel/merkle.ts';
import type { Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { postgresAppender } from './postgres-store.ts';
import type { Appender, AppenderWaits } from './queue.ts';
import { sqliteAppender } from './sqlite-store.ts';
import { threadedAppender } from './sqlite-thread.ts';

/** The open database of a record. */
export type RecordDatabase = Database;

/** The writing side of a database. `thread`: the embedded store is written on a thread of its own wherever that can be. */
export function openAppender(database: RecordDatabase, waits: AppenderWaits, { thread }: { readonly thread: boolean }): Appender {
  if (database.kind === 'postgres') return postgresAppender(database, waits);
  const local = sqliteAppender(database.connect, waits, database.wake);
  return thread ? threadedAppender(local, database.file, waits) : local;
}

/** The last committed head, as seen by a step; entries of its own group are not in it yet. */
export async function committedHead(tx: Tx): Promise<TreeHead> {
  const tree = await kyselyOf(tx).selectFrom('tree').select(['size', 'peaks']).where('id', '=', 1).executeTakeFirstOrThrow();
  return decodePeaks(tree.size, tree.peaks);
}

/** Size of the newest checkpoint; -1 before the first. */
export async function checkpointedSize(tx: Tx): Promise<number> {
  const newest = await kyselyOf(tx).selectFrom('checkpoints').select('size').orderBy('size', 'desc').limit(1).executeTakeFirst();
  return newest?.size ?? -1;
}

/** Keeps a signed head. */
export async function insertCheckpoint(
  tx: Tx,
  checkpoint: { readonly size: number; readonly atMs: number; readonly note: string },
): Promise<void> {
  await kyselyOf(tx).insertInto('checkpoints').values({ size: checkpoint.size, at_ms: checkpoint.atMs, note: checkpoint.note }).execute();
}
