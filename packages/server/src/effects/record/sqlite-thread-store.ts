/** The thread that appends to the embedded store: a commit that waits for the disk must not hold up the calls of the process. */
import { parentPort, workerData } from 'node:worker_threads';
import { connectSqliteWriter } from '../../storage/sqlite.ts';
import { type PackedGroup, packAppended, unpackGroup } from './packed.ts';
import type { AppenderWaits } from './queue.ts';
import { sqliteAppender } from './sqlite-store.ts';
import type { ThreadReply } from './sqlite-thread.ts';

const { file, waits } = workerData as { readonly file: string; readonly waits: AppenderWaits };
const appender = sqliteAppender(() => connectSqliteWriter(file), waits);
const reply = (said: ThreadReply): void => parentPort?.postMessage(said);

const take = async (group: PackedGroup | 'close'): Promise<void> => {
  if (group === 'close') {
    await appender.close();
    parentPort?.close();
    return;
  }
  try {
    reply({ appended: packAppended(await appender.append(unpackGroup(group), true)) });
  } catch (error) {
    const { code, errcode } = error as { readonly code?: string; readonly errcode?: number };
    reply({ failed: { message: error instanceof Error ? error.message : String(error), code, errcode } });
  }
};

// One connection, one transaction at a time: the next group is here already when this one is on the disk, and waits its turn.
let turn: Promise<void> = Promise.resolve();
parentPort?.on('message', (group: PackedGroup | 'close') => {
  turn = turn.then(() => take(group));
});
