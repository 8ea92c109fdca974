import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import type { Recorder, Tx } from '../../kernel/recorder.ts';
import { markSettled, type OpenCall, openCalls, stillOpen, unsettled } from './settle-store.ts';
import type { RecordDatabase } from './store.ts';

interface SettleParts {
  readonly recorder: Recorder;
  readonly database: RecordDatabase;
  readonly clock: Clock;
  /** Calls that began less than this ago may still be running somewhere, and are left alone. */
  readonly olderThanMs: number;
  readonly pageEntries?: number;
  readonly closed?: Closed | undefined;
}

/** What else is written of calls that are closed, in the same transaction. */
export type Closed = (tx: Tx, entries: readonly EntryFields[]) => Promise<void>;

const closedAtOnceMax = 200;

/**
 * Closes what a crash left open, as outcome `unknown`, through the normal append path: a decided call without `executed`,
 * a probe without its answer, a request without a decision. Returns the calls that it closed, for the alert.
 */
export async function closeOrphans({
  recorder,
  database,
  clock,
  olderThanMs,
  pageEntries = 2_000,
  closed: also,
}: SettleParts): Promise<readonly string[]> {
  const closed: string[] = [];
  const { from, end } = await unsettled(database);
  const youngestMs = clock() - olderThanMs;
  for (let at = from; at < end; at += pageEntries) {
    const open = await openCalls(database, at, Math.min(at + pageEntries, end));
    const young = open.find((call) => call.atMs > youngestMs);
    const orphans = open.filter((call) => call.atMs <= youngestMs);
    for (let i = 0; i < orphans.length; i += closedAtOnceMax)
      closed.push(...(await close({ recorder, clock, also }, orphans.slice(i, i + closedAtOnceMax))));
    const settled = young ? young.entry.entry : Math.min(at + pageEntries, end);
    if (settled > from) await mark(recorder, settled);
    if (young) break;
    // Reading a page holds the process: whoever waits gets a turn before the next.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return closed;
}

async function close(
  { recorder, clock, also }: Pick<SettleParts, 'recorder' | 'clock'> & { readonly also: Closed | undefined },
  orphans: readonly OpenCall[],
): Promise<readonly string[]> {
  let calls: readonly string[] = [];
  const committed = await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const open = await stillOpen(
        tx,
        orphans.map((orphan) => orphan.entry.entry),
      );
      const left = orphans.filter((orphan) => open.has(orphan.entry.entry));
      calls = left.flatMap((orphan) => orphan.entry.call ?? []);
      await also?.(
        tx,
        left.map(({ entry }) => entry),
      );
      return { ok: true, entries: left.map((orphan) => closedEntry(orphan, clock())) };
    },
  });
  if (committed.status !== 'committed') throw new Error(`open calls could not be closed: ${committed.status}`);
  return calls;
}

async function mark(recorder: Recorder, settled: number): Promise<void> {
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      await markSettled(tx, settled);
      return { ok: true, quiet: true };
    },
  });
}

const details: Readonly<Partial<Record<EntryFields['kind'], string>>> = {
  decided: 'Trapkey ended while it ran; whether it happened cannot be known from here.',
  probing: 'Trapkey ended while a probe ran; the call itself was not sent.',
  probed: 'Trapkey ended before it was decided; the call itself was not sent.',
  requested: 'Trapkey ended before it was decided; nothing was sent.',
};

function closedEntry({ entry }: OpenCall, atMs: number): EntryFields {
  const { entry: _number, decide_ms: _decide, code: _code, would: _would, detail: _detail, ...about } = entry;
  return { ...about, timestamp: rfc3339(atMs), kind: 'closed', outcome: 'unknown', detail: details[entry.kind] ?? details.decided ?? '' };
}
