import type { Clock } from '../../../kernel/clock.ts';
import type { LocalStops } from '../../../kernel/stop-files.ts';
import { type Found, type Kept, type KeptFile, keptIn, lookInto } from './folder.ts';
import { isNew, judge, type PendingFile, type Remembered, wordsFor } from './judge.ts';
import { readKnown, type StopFilesDatabase } from './store.ts';

/** The signed stop files of this node. */
export interface StopFiles extends LocalStops {
  /** What is to be written down: orders at once, others when they were seen to stay as they are. */
  pending(): readonly PendingFile[];
  /** It is in the database. */
  done(digest: string): void;
}

/**
 * Opens the folder of signed stop files. What lay there once is remembered, also over a restart, until it is in the
 * database: nothing here can release. The alarm hears of each file once.
 */
export function openStopFiles(parts: {
  readonly folder: string;
  readonly keptFolder: string;
  readonly database: StopFilesDatabase;
  readonly organization: () => string;
  readonly clock: Clock;
  readonly alarm: (says: string) => void;
}): StopFiles {
  const { folder, database, organization, clock, alarm } = parts;
  const kept = keptIn(parts.keptFolder);
  const remembered = new Map<string, Remembered>();
  let waiting: readonly PendingFile[] = [];
  let restored = false;
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    if (!restored) for (const one of await kept.all()) remember(remembered, one, false);
    restored = true;
    const lying = await lookInto(folder);
    for (const found of lying) {
      const one = { ...found, seenAtMs: clock() };
      if (remember(remembered, one, true)) await keep(kept, one, alarm);
    }
    leave(remembered, lying);
  };
  return {
    async read() {
      // One look at a time: two would count as two for a file that was only just written.
      looking ??= look().finally(() => {
        looking = undefined;
      });
      await looking;
      const known = await readKnown(database);
      const all = [...remembered.values()];
      const judged = await Promise.all(all.map((one) => judge(one, known, organization())));
      const stopping: PendingFile[] = [];
      for (const [at, one] of all.entries()) {
        const said = judged[at] ?? 'over';
        if (said === 'over') {
          remembered.delete(one.found.digest);
          await kept.forget(one.found.digest);
          continue;
        }
        if (!one.told) alarm(wordsFor(one, said, folder));
        one.told = true;
        if ('pending' in said) stopping.push(said.pending);
      }
      waiting = stopping.filter((one) => isNew(one, known, remembered.get(one.digest)));
      return stopping.map(({ stop }) => stop);
    },
    pending: () => waiting,
    done(digest) {
      waiting = waiting.filter((one) => one.digest !== digest);
    },
  };
}

/** True when it was not known before. */
function remember(remembered: Map<string, Remembered>, { seenAtMs, ...found }: KeptFile, present: boolean): boolean {
  const known = remembered.get(found.digest);
  if (known) {
    known.looks++;
    known.present = true;
    return false;
  }
  remembered.set(found.digest, { found, seenAtMs, looks: 1, present, replaced: false, told: false });
  return true;
}

/** Notes what lies there no more; what only one look saw, and other bytes took the place of, may have been half written. */
function leave(remembered: ReadonlyMap<string, Remembered>, lying: readonly Found[]): void {
  const digests = new Set(lying.map(({ digest }) => digest));
  const names = new Set(lying.map(({ file }) => file));
  for (const one of remembered.values()) {
    if (digests.has(one.found.digest)) continue;
    if (one.present && one.looks === 1 && names.has(one.found.file)) one.replaced = true;
    one.present = false;
  }
}

async function keep(kept: Kept, found: KeptFile, alarm: (says: string) => void): Promise<void> {
  await kept
    .keep(found)
    .catch((error: unknown) =>
      alarm(
        `The stop file ${found.file} counts, and no copy of it could be kept: ${error instanceof Error ? error.message : String(error)}`,
      ),
    );
}
