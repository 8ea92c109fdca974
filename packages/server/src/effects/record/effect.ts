import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Commit, Recorder, StepResult, Tx } from '../../kernel/recorder.ts';
import { lineOf } from './canonical.ts';
import type { Prepared, Written } from './group.ts';
import type { Keys } from './keys.ts';
import { type NameRow, type Names, openNames } from './names.ts';
import { type AppenderWaits, openQueue, type QueueLimits } from './queue.ts';
import { openAppender, type RecordDatabase } from './store.ts';
import { openVault } from './vault.ts';

/** A recorder that can be ended: it writes what waits, then closes its connection. */
export interface OpenRecorder extends Recorder {
  close(): Promise<void>;
  /** The pseudonym under which a person or source stands in the ledger. */
  readonly pseudonym: Names['pseudonym'];
}

const limitsByDefault: QueueLimits = {
  waitingMax: 10_000,
  groupCommitsMax: 512,
  groupBytesMax: 16_000_000,
  waitMs: 10_000,
  appendTimeoutMs: 15_000,
};

const waitsByDefault: AppenderWaits = { lockWaitMs: 3_000, stepTimeoutMs: 5_000 };

interface RecorderParts {
  readonly database: RecordDatabase;
  readonly keys: Pick<Keys, 'master' | 'names'>;
  readonly limits?: Partial<QueueLimits>;
  readonly waits?: Partial<AppenderWaits>;
  /** For a process that serves calls: waiting for the disk must not hold them up. A command that writes a little needs none. */
  readonly thread?: boolean;
}

/**
 * Opens the one way by which anything becomes durable. It survives the database going away: commits are refused until it
 * is back.
 */
export function openRecorder({ database, keys, limits, waits, thread = false }: RecorderParts): OpenRecorder {
  const appender = openAppender(database, { ...waitsByDefault, ...waits }, { thread });
  const names = openNames({ key: keys.names });
  const vault = openVault({ master: keys.master });
  const queue = openQueue(appender, { ...limitsByDefault, ...limits });
  const written = (entries: readonly EntryFields[]): Written => {
    const rows: NameRow[] = [];
    return { lines: entries.map((entry) => lineOf(names.hide(entry, rows))), names: rows };
  };
  return {
    seal: vault.seal,
    pseudonym: names.pseudonym,
    close: queue.close,
    commit: async (commit) => {
      const now = written(commit.entries);
      const more: NameRow[] = [];
      const prepared: Prepared = {
        ...now,
        sealed: commit.sealed ?? [],
        seen: commit.seen ?? [],
        latch: commit.latch,
        steps: commit.steps && within(commit.steps, written, more),
      };
      const committed = await queue.commit(prepared);
      if (committed.status === 'committed') {
        names.written(now.names);
        names.written(more);
        vault.written(prepared.sealed);
      }
      return committed;
    },
  };
}

/** Steps whose own entries come back ready to be numbered. */
function within(steps: NonNullable<Commit['steps']>, write: (entries: readonly EntryFields[]) => Written, names: NameRow[]) {
  return async (tx: Tx): Promise<StepResult & { readonly written?: Written }> => {
    const said = await steps(tx);
    if (!said.ok || !said.entries || said.entries.length === 0) return said;
    const written = write(said.entries);
    names.push(...written.names);
    return { ...said, written };
  };
}
