import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { OpenPolicy } from './policy/open.ts';
import { openStopFiles, type StopFiles } from './stages/contain/file/files.ts';
import type { Store } from './wire.ts';

/** The signed stop files of this node; copies that must outlive them are in the data folder. */
export function stopFilesOf(config: Config, store: Store, policy: Pick<OpenPolicy, 'current'>, alarm: (says: string) => void): StopFiles {
  // It is there before the first upstream starts: what does not exist cannot be hidden from one.
  mkdirSync(config.stopFilesFolder, { recursive: true, mode: 0o700 });
  return openStopFiles({
    folder: config.stopFilesFolder,
    keptFolder: join(config.data, 'stop-files-kept'),
    database: store.database,
    organization: () => policy.current().organization.id,
    clock: store.clock,
    alarm,
  });
}
