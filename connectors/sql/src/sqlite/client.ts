import { Worker } from 'node:worker_threads';
import type { TableBounds } from '@trapkey/contract/tables.ts';
import type { RowViews } from './row-views.ts';
import type { Answered, Asked } from './thread.ts';

export interface Asking {
  readonly bounds: TableBounds;
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly signal: AbortSignal;
  readonly over?: RowViews | undefined;
}

/** Asks the thread one thing after the other. Whatever takes too long, or is cancelled, ends the thread: SQLite listens to nothing else. */
export interface Ask {
  (asked: Asked, signal: AbortSignal): Promise<Answered>;
  close(): Promise<void>;
}

// The published package is bundled: its thread is a file beside the bundle.
const program = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './sqlite-query-thread.js', import.meta.url);
const waitingMax = 100;
const busyMs = 2_000;

/** Starts a thread when it is first asked. */
export function openThread(file: string, timeoutMs: number): Ask {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function once(asked: Asked, signal: AbortSignal): Promise<Answered> {
    signal.throwIfAborted();
    worker ??= new Worker(program, { workerData: { file, busyMs }, name: 'trapkey-query' });
    const mine = worker;
    const { promise, resolve } = Promise.withResolvers<Answered>();
    const failed = (code: number) => () => resolve({ kind: 'failed', denied: false, code });
    const [interrupted, broken] = [failed(9), failed(1)];
    const timer = setTimeout(interrupted, timeoutMs);
    signal.addEventListener('abort', interrupted, { once: true });
    mine.once('message', resolve).once('error', broken).once('exit', broken);
    mine.ref();
    mine.postMessage(asked);
    const answered = await promise;
    mine.unref();
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupted);
    mine.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
    if (answered.kind === 'failed' && (answered.code === 9 || answered.code === 1)) {
      if (worker === mine) worker = undefined;
      mine.on('error', () => undefined);
      await mine.terminate();
    }
    return answered;
  }

  const ask = async (asked: Asked, signal: AbortSignal): Promise<Answered> => {
    if (waiting >= waitingMax) throw new Error('too many calls wait for this connector');
    waiting++;
    const turn = last.then(() => once(asked, signal));
    last = turn.catch(() => undefined);
    return await turn.finally(() => {
      waiting--;
    });
  };
  return Object.assign(ask, {
    close: async () => {
      await last;
      await worker?.terminate();
      worker = undefined;
    },
  });
}
