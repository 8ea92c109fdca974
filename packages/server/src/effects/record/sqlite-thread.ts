import { Worker } from 'node:worker_threads';
import type { Appended, Prepared } from './group.ts';
import { packGroup, unpackAppended } from './packed.ts';
import type { Appender, AppenderWaits } from './queue.ts';

/** What the thread answers to a group: what came of it, or a failure with the database's own codes. */
export type ThreadReply =
  | { readonly appended: Float64Array }
  | { readonly failed: { readonly message: string; readonly code: string | undefined; readonly errcode: number | undefined } };

interface Thread {
  readonly worker: Worker;
  /** The groups that are out, in the order in which they are answered. */
  readonly waiting: PromiseWithResolvers<readonly Appended[]>[];
  readonly ended: Promise<unknown>;
}

// The published package is bundled: its thread is a file beside the bundle.
const program = new URL(import.meta.url.endsWith('.ts') ? './sqlite-thread-store.ts' : './sqlite-thread.js', import.meta.url);

/** A single commit is made on the calling thread while the last append took less than this, and the last few were single, too. */
const hereMsMax = 3;
const singlesMin = 4;

/**
 * Sends groups that are data alone to a thread of their own; a group with steps runs on `local`, on this thread, where its
 * closures are, and runs alone: the two connections never wait for each other.
 */
export function threadedAppender(local: Appender, file: string, waits: AppenderWaits): Appender {
  let thread: Thread | undefined;
  let lastMs = 0;
  let singles = singlesMin;
  const forget = (which: Thread, why: Error) => {
    if (thread === which) thread = undefined;
    for (const { reject } of which.waiting.splice(0)) reject(why);
  };
  const start = (): Thread => {
    const worker = new Worker(program, { workerData: { file, waits }, name: 'trapkey-record' });
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    const started: Thread = { worker, waiting: [], ended };
    worker.on('message', (reply: ThreadReply) => answer(started, reply));
    worker.once('error', (error) => forget(started, error instanceof Error ? error : new Error(String(error))));
    worker.once('exit', () => forget(started, new Error('the thread that writes the record ended')));
    worker.unref();
    return started;
  };
  return {
    ...local,
    // Two threads that wake each other cost more than one commit on a disk that is quick; where many call, that one would hold all up.
    alone: (group, nothingOut) => withSteps(group) || (nothingOut && group.length === 1 && singles >= singlesMin && lastMs < hereMsMax),
    append: async (group, alone) => {
      const began = performance.now();
      singles = group.length === 1 ? singles + 1 : 0;
      if (alone) return await local.append(group, alone).finally(() => (lastMs = performance.now() - began));
      thread ??= start();
      return await send(thread, group).finally(() => (lastMs = performance.now() - began));
    },
    reset: async () => {
      const old = thread;
      thread = undefined;
      // Not awaited: a disk that hangs would hang its end, too. What it still commits, it commits whole, on a connection of its own.
      void old?.worker.terminate();
      await local.reset();
    },
    close: async () => {
      const old = thread;
      thread = undefined;
      old?.worker.ref();
      old?.worker.postMessage('close');
      await old?.ended;
      await local.close();
    },
  };
}

function withSteps(group: readonly Prepared[]): boolean {
  return group.some(({ steps }) => steps !== undefined);
}

function send(thread: Thread, group: readonly Prepared[]): Promise<readonly Appended[]> {
  const packed = packGroup(group);
  const waiting = Promise.withResolvers<readonly Appended[]>();
  thread.waiting.push(waiting);
  // While somebody waits for an answer, the process stays.
  thread.worker.ref();
  thread.worker.postMessage(packed, [packed.bytes.buffer]);
  return waiting.promise;
}

function answer(thread: Thread, reply: ThreadReply): void {
  const waiting = thread.waiting.shift();
  if (thread.waiting.length === 0) thread.worker.unref();
  if ('appended' in reply) waiting?.resolve(unpackAppended(reply.appended));
  else waiting?.reject(Object.assign(new Error(reply.failed.message), reply.failed));
}
