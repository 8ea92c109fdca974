import { setTimeout as pause } from 'node:timers/promises';

/** A record that cannot be read is read again after so long. */
export const readAgainMs = 1_000;

/** Waits; false where this process ends first. */
export async function waited(ms: number, ends: AbortSignal): Promise<boolean> {
  return await pause(ms, undefined, { signal: ends }).then(
    () => true,
    () => false,
  );
}
