import type { Entry } from '@trapkey/contract/entry.ts';
import type { Database } from '../../storage/database.ts';
import { type Ledger, type LedgerRow, ledgerOf } from './ledger-read.ts';
import { type ColumnFilter, columnFilter } from './query/columns.ts';
import { matcherOf } from './query/match.ts';
import type { Query } from './query/parse.ts';
import type { RunWindow } from './run-read.ts';
import { inOrder, pseudonymsOf, withAttributed, withNames } from './show.ts';

/** One page, newest first. Pass `next` as `before` for the page after it; undefined at the end. */
interface Page {
  readonly entries: readonly Entry[];
  readonly next: number | undefined;
}

/** Everything that is recorded of one call, oldest first, with what was learned later merged in. */
interface ShownCall {
  readonly call: string;
  readonly entries: readonly Entry[];
}

/** Reads the record with names resolved. Payloads are not here: see `payload.ts`. */
export interface RecordReader {
  readonly ledger: Ledger;
  /** At most `limit` entries, after looking at no more than `scanMax`; a page may be short and still have a `next`. */
  list(
    query: Query,
    page: { readonly limit: number; readonly before?: number; readonly floor?: number; readonly scanMax?: number },
  ): Promise<Page>;
  entry(number: number): Promise<Entry | undefined>;
  call(call: string): Promise<ShownCall | undefined>;
  /** Every entry of the calls that a run began, a page of calls at a time. */
  ofRun(of: RunWindow, calls: number): Promise<Page>;
  /** Entries above `after` as they are committed, none skipped, until the signal. */
  follow(query: Query, after: number, how: { readonly signal: AbortSignal; readonly pollMs?: number }): AsyncGenerator<Entry>;
}

const pageRows = 500;

/** Opens the record for reading. */
export function openRecordReader({ database }: { readonly database: Pick<Database, 'read'> }): RecordReader {
  const ledger = ledgerOf(database.read);
  const shown = (rows: readonly LedgerRow[]) => resolve(ledger, rows);
  return {
    ledger,
    async list(query, { limit, before, floor, scanMax = 100_000 }) {
      const [filter, matches] = [await withPeople(ledger, columnFilter(query)), matcherOf(query)];
      const entries: Entry[] = [];
      let [at, scanned] = [before, 0];
      for (;;) {
        const many = Math.min(pageRows, scanMax - scanned);
        const rows = await ledger.older({ before: at, floor, filter, limit: many });
        for (const entry of await shown(rows)) {
          if (!matches(entry)) continue;
          entries.push(entry);
          if (entries.length === limit) return { entries, next: entry.entry > 0 ? entry.entry : undefined };
        }
        at = rows.at(-1)?.entry;
        scanned += rows.length;
        if (at === undefined || at === 0 || rows.length < many) return { entries, next: undefined };
        if (scanned >= scanMax) return { entries, next: at };
      }
    },
    async entry(number) {
      const row = await ledger.at(number);
      return row && (await shown([row]))[0];
    },
    async call(call) {
      const rows = await ledger.ofCalls([call]);
      return rows.length === 0 ? undefined : { call, entries: await shown(rows) };
    },
    async ofRun(of, max) {
      const { calls, next } = await ledger.callsOfRun(of, max);
      return { entries: await shown(await ledger.ofCalls(calls)), next };
    },
    async *follow(query, after, { signal, pollMs = 200 }) {
      const matches = matcherOf(query);
      let at = after;
      while (!signal.aborted) {
        const rows = await ledger.newer({ after: at, limit: pageRows });
        for (const entry of await shown(rows)) if (matches(entry)) yield entry;
        at = rows.at(-1)?.entry ?? at;
        if (rows.length < pageRows) await pause(pollMs, signal);
      }
    },
  };
}

/** People are looked for by their pseudonyms; one whose name was erased stands there under the pseudonym itself. */
async function withPeople(ledger: Ledger, filter: ColumnFilter): Promise<ColumnFilter> {
  if (filter.people.length === 0) return filter;
  const found = [...(await ledger.pseudonyms(filter.people)), ...filter.people];
  return { ...filter, contains: [...filter.contains, found.map((one) => `"on_behalf_of":"${one}"`)] };
}

/** Whether anything was ever recorded; keys that are missing then may not simply be made anew. */
export async function hasEntries(database: Pick<Database, 'read'>): Promise<boolean> {
  return ((await ledgerOf(database.read).head())?.size ?? 0) > 0;
}

/** Rows as entries: parsed, attributed ones merged, names resolved, in the auditors' order. */
async function resolve(ledger: Ledger, rows: readonly LedgerRow[]): Promise<readonly Entry[]> {
  const entries = rows.map((row) => JSON.parse(row.bytes) as Entry);
  const calls = [...new Set(entries.flatMap(({ call }) => call ?? []))];
  const learned = Map.groupBy(
    (await ledger.ofCalls(calls, 'attributed')).map((row) => JSON.parse(row.bytes) as Entry),
    ({ call }) => call,
  );
  const merged = entries.map((entry) => withAttributed(entry, learned.get(entry.call) ?? []));
  const pseudonyms = [...new Set(merged.flatMap(pseudonymsOf))];
  const names = new Map((await ledger.names(pseudonyms)).map(({ pseudonym, name }) => [pseudonym, name]));
  return merged.map((entry) => inOrder(withNames(entry, names)));
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      done();
    }
  });
}
