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

parentPort?.on('message', async (group: PackedGroup | 'close') => {
  if (group === 'close') {
    await appender.close();
    parentPort?.close();
    return;
  }
  try {
    reply({ appended: packAppended(await appender.append(unpackGroup(group))) });
  } catch (error) {
    const { code, errcode } = error as { readonly code?: string; readonly errcode?: number };
    reply({ failed: { message: error instanceof Error ? error.message : String(error), code, errcode } });
  }
});
