import { RecordUnavailable } from '../../kernel/errors.ts';
import type { Committed } from '../../kernel/recorder.ts';
import type { Appended, Prepared } from './group.ts';
import { openTurn } from './turn.ts';

/** The writing side of one database. */
export interface Appender {
  append(group: readonly Prepared[], alone: boolean): Promise<readonly Appended[]>;
  /** Whether this group goes while no other is on its way; `nothingOut`: none is now. */
  alone(group: readonly Prepared[], nothingOut: boolean): boolean;
  /** Whether this failure is of one commit's data, so that the others of its group deserve a try of their own. */
  blamesData(error: unknown): boolean;
  /** Whether an error came from the database at all. */
  isDatabaseError(error: unknown): boolean;
  /** Drops the connection, whatever is running on it; the next append makes another. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** How long the writing side may wait for a lock of another process, and for one commit's steps. */
export interface AppenderWaits {
  readonly lockWaitMs: number;
  readonly stepTimeoutMs: number;
}

/** Limits of the queue; past any of them a commit is refused, never kept waiting. */
export interface QueueLimits {
  readonly waitingMax: number;
  readonly groupCommitsMax: number;
  readonly groupBytesMax: number;
  readonly waitMs: number;
  readonly appendTimeoutMs: number;
}

/** Groups on their way at once: the next is packed and sent while the disk has the one before, so that it never waits for this thread. */
const groupsOutMax = 2;

/** A group of so many goes at once: the disk has it while this thread goes on with the other calls. */
const enoughCommits = 6;

interface Waiting {
  readonly prepared: Prepared;
  readonly bytes: number;
  readonly sinceMs: number;
  readonly resolve: (committed: Committed) => void;
  readonly reject: (error: unknown) => void;
}

/** Group commit: whatever waits while one transaction is on the disk goes into the next. */
export function openQueue(
  appender: Appender,
  limits: QueueLimits,
): { readonly commit: (prepared: Prepared) => Promise<Committed>; readonly close: () => Promise<void> } {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let closed = false;
  const turn = openTurn(enoughCommits);

  const commit = (prepared: Prepared) =>
    new Promise<Committed>((resolve, reject) => {
      if (closed) return reject(new RecordUnavailable('it is closed'));
      if (waiting.length >= limits.waitingMax) return reject(new RecordUnavailable(`${limits.waitingMax} commits are waiting already`));
      waiting.push({ prepared, bytes: sizeOf(prepared), sinceMs: performance.now(), resolve, reject });
      running ??= drain();
      turn.note(waiting.length);
    });

  const drain = async () => {
    await turn.end();
    const out = new Set<Promise<void>>();
    for (;;) {
      if (waiting.length === 0 || out.size >= groupsOutMax) {
        if (out.size === 0) break;
        await Promise.race(out);
        continue;
      }
      const group = take();
      if (group.length === 0) continue;
      // Steps run on this thread's own connection, which must never wait for the other's transaction.
      const alone = appender.alone(
        group.map(({ prepared }) => prepared),
        out.size === 0,
      );
      if (alone) await Promise.all(out);
      const sent: Promise<void> = run(group, alone).finally(() => out.delete(sent));
      out.add(sent);
      await (alone ? sent : turn.end());
    }
    running = undefined;
  };

  const take = (): Waiting[] => {
    const oldestMs = performance.now() - limits.waitMs;
    let count = 0;
    let bytes = 0;
    while (count < waiting.length && count < limits.groupCommitsMax && bytes < limits.groupBytesMax)
      bytes += (waiting[count++] as Waiting).bytes;
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    for (const one of group) if (one.sinceMs < oldestMs) one.reject(new RecordUnavailable(`it waited longer than ${limits.waitMs} ms`));
    return group.filter((one) => one.sinceMs >= oldestMs);
  };

  const run = async (group: readonly Waiting[], alone: boolean): Promise<void> => {
    try {
      const results = await timed(appender, group, alone, limits.appendTimeoutMs);
      for (const [index, one] of group.entries()) settle(one, results[index]);
    } catch (error) {
      if (group.length > 1 && appender.blamesData(error)) {
        for (const one of group) await run([one], alone);
        return;
      }
      // The database is not there: nobody waits for it longer than it took to find out.
      const failed = appender.blamesData(error) ? group : [...group, ...waiting.splice(0)];
      for (const one of failed) one.reject(unavailable(error));
    }
  };

  const settle = (one: Waiting, result: Appended | undefined) => {
    if (result === undefined) one.reject(new RecordUnavailable('no answer for this commit'));
    else if (result.status !== 'failed') one.resolve(result);
    else one.reject(appender.isDatabaseError(result.error) ? unavailable(result.error) : result.error);
  };

  return {
    commit,
    close: async () => {
      closed = true;
      await running;
      await appender.close();
    },
  };
}

async function timed(appender: Appender, group: readonly Waiting[], alone: boolean, timeoutMs: number): Promise<readonly Appended[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RecordUnavailable(`the database did not answer within ${timeoutMs} ms`)), timeoutMs);
  });
  const appended = appender.append(
    group.map((one) => one.prepared),
    alone,
  );
  try {
    return await Promise.race([appended, late]);
  } catch (error) {
    // What is still running there must not reach the next group's transaction.
    if (!appender.blamesData(error)) await appender.reset();
    appended.catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(error: unknown): RecordUnavailable {
  if (error instanceof RecordUnavailable) return error;
  return new RecordUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
}

function sizeOf({ lines, sealed, seen }: Prepared): number {
  let bytes = 0;
  for (const line of lines) bytes += line.head.length + line.tail.length;
  for (const one of sealed) bytes += one.bytes.length;
  for (const one of seen) bytes += one.words.length + one.id.length + one.person.length + one.source.length;
  return bytes;
}
