import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { AlertRules } from '../kernel/alert-rules.ts';
import type { Clock } from '../kernel/clock.ts';
import { counted } from '../kernel/counted.ts';
import type { Recorder, Tx } from '../kernel/recorder.ts';
import { deliver, type Post } from './deliver.ts';
import { messageEntry } from './entry.ts';
import { pathOf } from './read.ts';
import { type MessageDatabase, type MessageRow, messageStore, neverMs } from './store.ts';

const claimMax = 20;
const leaseMs = 60_000;
const attemptsMax = 12;
const failingAttempts = 3;
const firstPauseMs = 10_000;
const pauseMaxMs = 6 * 3_600_000;
const keptMs = 30 * 24 * 3_600_000;
const errorCharactersMax = 300;

export interface Delivering {
  readonly database: MessageDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly alerts: () => AlertRules | undefined;
  /** The whole address of a page. */
  readonly link: (path: string) => string;
  readonly post: Post;
  /** What is pressed in Slack comes back to us. */
  readonly buttons?: boolean;
  /** Hears of what was given up. */
  readonly alarm: (says: string) => void;
  /** Hears of a message that could not be delivered several times over, and of one that was given up. */
  readonly failing?: (row: MessageRow, says: string) => void;
}

/** One round: takes what is due, hands it over, writes down what came of it. Gives how many were tried. */
export async function deliverDue(parts: Delivering): Promise<number> {
  const { database, clock } = parts;
  const store = messageStore(database);
  if (!(await store.anyDue(clock()))) return 0;
  let rows: readonly MessageRow[] = [];
  await inTransaction(parts, async (tx) => {
    rows = await store.claim(tx, clock(), leaseMs, claimMax);
    return [];
  });
  const results = await Promise.all(rows.map((row) => tried(parts, row)));
  await inTransaction(parts, async (tx) => {
    const entries: EntryFields[] = [];
    for (const [row, to] of results) {
      if (!(await store.ended(tx, row, to))) continue;
      if (typeof to.delivered_at_ms === 'number') entries.push(messageEntry(row, 'message.delivered', clock()));
      else if (to.next_at_ms === neverMs) entries.push(messageEntry(row, 'message.given_up', clock()));
    }
    await store.forget(tx, clock() - keptMs);
    return entries;
  });
  return rows.length;
}

async function tried(parts: Delivering, row: MessageRow): Promise<readonly [MessageRow, Partial<MessageRow>]> {
  const { alerts, link, post, clock, alarm, failing, buttons } = parts;
  try {
    await deliver(row, alerts(), link(pathOf(row)), post, buttons);
    return [row, { delivered_at_ms: clock(), error: null }];
  } catch (error) {
    const says = wordsOf(error);
    const givenUp = row.attempts >= attemptsMax;
    if (givenUp)
      alarm(
        `Message ${row.id} (${row.event} of ${row.about ?? row.ticket}) was given up after ${counted(row.attempts, 'try', 'tries')}: ${says}. See: trapkey messages list.`,
      );
    if (givenUp || row.attempts === failingAttempts) failing?.(row, says);
    return [row, { next_at_ms: givenUp ? neverMs : clock() + pauseMs(row.attempts), error: says }];
  }
}

/** Twice as long each time, up to hours. */
function pauseMs(attempts: number): number {
  return Math.min(pauseMaxMs, firstPauseMs * 2 ** Math.max(0, attempts - 1));
}

/** An error may quote the address that it came from, which is a secret. */
function wordsOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const says = error instanceof Error ? `${error.message}${cause}` : 'it could not be delivered';
  return says
    .replaceAll(/\b[a-z]+:\/\/\S+/gi, '…')
    .replaceAll(/\p{C}+/gu, ' ')
    .slice(0, errorCharactersMax);
}

async function inTransaction({ recorder }: Delivering, write: (tx: Tx) => Promise<readonly EntryFields[]>): Promise<void> {
  await recorder.commit({ entries: [], steps: async (tx) => ({ ok: true, quiet: true, entries: await write(tx) }) });
}

/** Delivers in the background, each `everyMs`; a round that fails is made up for by the next. Returns how to end it. */
export function deliverMessages(parts: Delivering & { readonly everyMs?: number }): () => Promise<void> {
  let round: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    round ??= deliverDue(parts)
      .catch(() => undefined)
      .finally(() => {
        round = undefined;
      });
  }, parts.everyMs ?? 1_000);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
}
