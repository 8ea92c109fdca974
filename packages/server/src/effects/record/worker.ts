import type { Alarm } from '../../kernel/alerts.ts';
import type { Clock } from '../../kernel/clock.ts';
import { counted } from '../../kernel/counted.ts';
import { rootOf } from '../../kernel/merkle.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { signCheckpoint } from './checkpoint.ts';
import type { Keys } from './keys.ts';
import type { Room } from './room.ts';
import { type Closed, closeOrphans } from './settle.ts';
import { signerOf } from './signer.ts';
import { checkpointedSize, committedHead, insertCheckpoint, type RecordDatabase } from './store.ts';

interface CheckpointParts {
  readonly recorder: Recorder;
  readonly keys: Pick<Keys, 'signing'>;
  readonly clock: Clock;
}

/** Signs the committed head of the tree and keeps the note; undefined when nothing was added since the last. */
export async function checkpointNow({ recorder, keys, clock }: CheckpointParts): Promise<string | undefined> {
  const { origin, privateKey } = signerOf(keys);
  let note: string | undefined;
  const committed = await recorder.commit({
    entries: [],
    steps: async (tx) => {
      note = undefined;
      const head = await committedHead(tx);
      if (head.size === 0 || head.size <= (await checkpointedSize(tx))) return { ok: false, conflict: 'nothing new' };
      note = signCheckpoint({ origin, size: head.size, root: rootOf(head) }, privateKey);
      await insertCheckpoint(tx, { size: head.size, atMs: clock(), note });
      return { ok: true };
    },
  });
  return committed.status === 'committed' ? note : undefined;
}

interface WorkerParts extends CheckpointParts {
  readonly database: RecordDatabase;
  /** Hears of calls that were closed as unknown, and of background work that failed. */
  readonly alarm: Alarm;
  /** Where the record fills a disk of its own. */
  readonly room?: Room | undefined;
  readonly everyMs?: number;
  /** Longer than any call may take: then it is not running on another node either. */
  readonly abandonedAfterMs?: number;
  /** What else is written of calls that are closed as unknown. */
  readonly closed?: Closed;
}

/** A disk fills up quickly, and a look costs nothing. */
const lookEveryMs = 5_000;

/** The record's background work. */
export interface RecordWorker {
  /** A checkpoint at once: at stops, and whenever somebody asks for one. */
  readonly checkpoint: () => Promise<string | undefined>;
  /** Ends the work with a last checkpoint. */
  readonly stop: () => Promise<void>;
}

/**
 * Closes what the last run left open, before anything is served, then signs a checkpoint each minute in which the tree
 * grew and closes what was abandoned since.
 */
export async function keepRecord(parts: WorkerParts): Promise<RecordWorker> {
  const { recorder, database, clock, alarm, room, closed, everyMs = 60_000, abandonedAfterMs = 3_600_000 } = parts;
  const settle = async (olderThanMs: number) => {
    const calls = await closeOrphans({ recorder, database, clock, olderThanMs, closed });
    if (calls.length > 0)
      alarm(
        `${counted(calls.length, 'call was', 'calls were')} left open, and closed as outcome unknown: ${named(calls)}. Look at each: trapkey record show <call>.`,
        'no alert',
      );
  };
  const onError = (error: unknown) =>
    alarm(`The record's background work failed: ${error instanceof Error ? error.message : String(error)}`);
  // Where another node serves, an open call may be its own: only time tells.
  await settle((await database.claim()) ? 0 : abandonedAfterMs);
  const look = async () => {
    const says = await room?.look();
    if (says !== undefined) alarm(says);
  };
  await look().catch(onError);
  const looking = setInterval(() => void look().catch(onError), lookEveryMs);
  looking.unref();
  let working: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    working = working
      .then(() => checkpointNow(parts))
      .then(() => settle(abandonedAfterMs))
      .catch(onError);
  }, everyMs);
  timer.unref();
  return {
    checkpoint: () => checkpointNow(parts),
    stop: async () => {
      clearInterval(timer);
      clearInterval(looking);
      await working;
      await checkpointNow(parts).catch(onError);
    },
  };
}

const namedMax = 10;

function named(calls: readonly string[]): string {
  return calls.slice(0, namedMax).join(', ') + (calls.length > namedMax ? ` and ${calls.length - namedMax} more` : '');
}
