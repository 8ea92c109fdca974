import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Config } from './config.ts';
import { type OpenRecorder, openRecorder } from './effects/record/effect.ts';
import { openKeys } from './effects/record/keys.ts';
import { openPayloads, type Payloads } from './effects/record/payload-read.ts';
import { hasEntries } from './effects/record/read.ts';
import { openRoom, type Room, withRoom } from './effects/record/room.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { type Database, openDatabase } from './storage/database.ts';

/** What everything else stands on: database, keys, the one writer, the vault's reader. */
export interface Store {
  readonly database: Database;
  readonly keys: ReturnType<typeof openKeys>;
  readonly recorder: OpenRecorder;
  readonly payloads: Payloads;
  /** Where the record lies in the data folder of a server. */
  readonly room: Room | undefined;
  readonly clock: Clock;
  close(): Promise<void>;
}

/** For the process that serves calls. `onWritten` hears of every entry after it is durable. */
interface StoreOfServer {
  readonly onWritten: (entries: readonly EntryFields[]) => void;
}

/** Opens the data folder and the database. */
export async function openStore(config: Pick<Config, 'data' | 'database'>, serving?: StoreOfServer): Promise<Store> {
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  const database = await openDatabase(config.database);
  try {
    const keys = openKeys(join(config.data, 'keys'), { mayCreate: !(await hasEntries(database)) });
    const recorder = openRecorder({ database, keys, thread: serving !== undefined });
    const room = serving && database.kind === 'sqlite' ? openRoom({ folder: config.data }) : undefined;
    const roomy = room ? withRoom(recorder, room) : recorder;
    const heard = serving ? listened(roomy, serving.onWritten) : recorder;
    return {
      database,
      keys,
      recorder: heard,
      room,
      payloads: openPayloads({ database, master: keys.master }),
      clock: systemClock,
      async close() {
        await recorder.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Tells of entries once they are durable, those that steps added included. */
function listened(recorder: OpenRecorder, onWritten: (entries: readonly EntryFields[]) => void): OpenRecorder {
  return {
    ...recorder,
    async commit(commit) {
      let added: readonly EntryFields[] = [];
      const { steps } = commit;
      const committed = await recorder.commit({
        ...commit,
        ...(steps && {
          steps: async (tx) => {
            const said = await steps(tx);
            added = (said.ok && said.entries) || [];
            return said;
          },
        }),
      });
      if (committed.status === 'committed') onWritten(added.length === 0 ? commit.entries : [...commit.entries, ...added]);
      return committed;
    },
  };
}
