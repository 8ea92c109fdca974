import { RecordUnavailable } from '../../kernel/errors.ts';
import type { StepResult, Tx } from '../../kernel/recorder.ts';

interface StepParts<T> {
  readonly steps: (tx: Tx) => Promise<T>;
  readonly timeoutMs: number;
  readonly exec: (sql: string) => Promise<unknown>;
  /** Makes the transaction that the steps see; it refuses to work once `live` says no. */
  readonly tx: (live: () => boolean) => Tx;
  /** Whether the whole transaction is gone, not only the savepoint. */
  readonly lost: () => boolean;
}

/**
 * Runs steps in a savepoint. What they do after they returned, or after their time, is refused: it would land in a
 * transaction of somebody else.
 */
export async function stepIn<T extends StepResult>({
  steps,
  timeoutMs,
  exec,
  tx,
  lost,
}: StepParts<T>): Promise<T | { readonly ok: false; readonly error: unknown }> {
  await exec('SAVEPOINT step');
  let live = true;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RecordUnavailable(`a step took longer than ${timeoutMs} ms`)), timeoutMs);
  });
  let said: T | { readonly ok: false; readonly error: unknown };
  try {
    said = await Promise.race([steps(tx(() => live)), late]);
  } catch (error) {
    if (lost()) throw error;
    said = { ok: false, error };
  } finally {
    live = false;
    clearTimeout(timer);
  }
  if (!said.ok) await exec('ROLLBACK TO step');
  await exec('RELEASE step');
  return said;
}
