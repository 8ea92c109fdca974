import { network } from '../callers/sources.ts';

const freeFailures = 5;
const firstLockMs = 30_000;
const longestLockMs = 3_600_000;
/** Nobody waits longer for the right to try again, so nothing older counts. */
const forgetAfterMs = 24 * 3_600_000;
const pairsMax = 8_192;
const waitingMax = 64;
const waitingOfOneMax = 8;

/** Doubles with each failure after the free ones, to at most an hour: guessing is hopeless, mistyping is not punished. */
export function lockMs(failures: number): number {
  return failures < freeFailures ? 0 : Math.min(longestLockMs, firstLockMs * 2 ** (failures - freeFailures));
}

/**
 * Wrong codes by where they came from and whose they were to be. A stranger shuts out the place that they come from,
 * for that person, and nobody else: a code has 125 random bits, so that no number of places can guess one.
 */
export interface Attempts {
  /** Until when this place may not try for this person; 0 when it may. */
  lockedUntilMs(source: string, person: string, atMs: number): number;
  failed(source: string, person: string, atMs: number): void;
  succeeded(source: string, person: string): void;
  /** One after the other: the work of a try is no way to take the machine. Undefined when too many wait already. */
  inTurn<T>(source: string, work: () => Promise<T>): Promise<T> | undefined;
}

interface Failed {
  readonly failures: number;
  readonly atMs: number;
}

/** Opens the count of one process. */
export function countAttempts(): Attempts {
  const pairs = new Map<string, Failed>();
  const waiting = new Map<string, number>();
  let all = 0;
  let last: Promise<unknown> = Promise.resolve();
  const keyOf = (source: string, person: string) => `${network(source)}\n${person}`;
  const known = (key: string, atMs: number): Failed | undefined => {
    const failed = pairs.get(key);
    return failed && atMs - failed.atMs < forgetAfterMs ? failed : undefined;
  };
  const leave = (from: string): void => {
    all -= 1;
    const left = (waiting.get(from) ?? 1) - 1;
    if (left > 0) waiting.set(from, left);
    else waiting.delete(from);
  };
  return {
    lockedUntilMs(source, person, atMs) {
      const failed = known(keyOf(source, person), atMs);
      const untilMs = failed ? failed.atMs + lockMs(failed.failures) : 0;
      return untilMs > atMs ? untilMs : 0;
    },
    failed(source, person, atMs) {
      const key = keyOf(source, person);
      const failures = (known(key, atMs)?.failures ?? 0) + 1;
      // Seen last is forgotten last; a full map never grows.
      pairs.delete(key);
      if (pairs.size >= pairsMax) pairs.delete(pairs.keys().next().value ?? '');
      pairs.set(key, { failures, atMs });
    },
    succeeded: (source, person) => void pairs.delete(keyOf(source, person)),
    inTurn(source, work) {
      const from = network(source);
      const mine = waiting.get(from) ?? 0;
      if (all >= waitingMax || mine >= waitingOfOneMax) return undefined;
      all += 1;
      waiting.set(from, mine + 1);
      const turn = last.then(work).finally(() => leave(from));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
