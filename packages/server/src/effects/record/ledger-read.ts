import type { Entry } from '@trapkey/contract/entry.ts';
import type { Kysely, Selectable } from 'kysely';
import { firstEntrySince } from '../../storage/first-entry.ts';
import type { LedgerTable, NamesTable, Tables } from '../../storage/tables.ts';
import type { ColumnFilter } from './query/columns.ts';
import { callsOfRun, type RunWindow } from './run-read.ts';

/** A row of the ledger; `bytes` are what counts, the columns only find it. */
export type LedgerRow = Selectable<LedgerTable>;
export type NameRow = Selectable<NamesTable>;

/** Reads the ledger in pages, either way, and what belongs to it. */
export interface Ledger {
  /** Newest first, below `before`. */
  older(page: {
    readonly before: number | undefined;
    /** The first entry that is looked at. */
    readonly floor?: number | undefined;
    readonly filter: ColumnFilter;
    readonly limit: number;
  }): Promise<readonly LedgerRow[]>;
  /** Oldest first, above `after` (−1 from the start). Entries are numbered in the order of their commits, so nothing appears behind a cursor. */
  newer(page: { readonly after: number; readonly limit: number }): Promise<readonly LedgerRow[]>;
  ofCalls(calls: readonly string[], kind?: Entry['kind']): Promise<readonly LedgerRow[]>;
  /** The calls that a run began, oldest first, from `after` on. There is no index over runs, so it is looked for where it was open. */
  callsOfRun(of: RunWindow, limit: number): Promise<{ readonly calls: readonly string[]; readonly next: number | undefined }>;
  /** The first entry of a time, or the size of the record. */
  firstSince(atMs: number): Promise<number>;
  at(entry: number): Promise<LedgerRow | undefined>;
  names(pseudonyms: readonly string[]): Promise<readonly NameRow[]>;
  /** Under which pseudonyms these people stand in the record. */
  pseudonyms(people: readonly string[]): Promise<readonly string[]>;
  /** Signed heads of more than `above` leaves, smallest first. */
  checkpoints(above: number, limit: number): Promise<readonly { readonly size: number; readonly note: string }[]>;
  latestCheckpoint(): Promise<{ readonly size: number; readonly note: string } | undefined>;
  /** The head that appending goes on from. */
  head(): Promise<{ readonly size: number; readonly peaks: Uint8Array } | undefined>;
}

const namesMax = 400;

/** The ledger of an open database. */
export function ledgerOf(db: Kysely<Tables>): Ledger {
  const rows = () => db.selectFrom('ledger').selectAll();
  return {
    async older({ before, floor = 0, filter, limit }) {
      let query = rows();
      if (floor > 0) query = query.where('entry', '>=', floor);
      if (before !== undefined) query = query.where('entry', '<', before);
      if (filter.sinceMs !== undefined) query = query.where('at_ms', '>=', filter.sinceMs);
      if (filter.untilMs !== undefined) query = query.where('at_ms', '<', filter.untilMs);
      for (const { column, values } of filter.equal) query = query.where(column, 'in', values);
      for (const texts of filter.contains) query = query.where((eb) => eb.or(texts.map((text) => eb('bytes', 'like', `%${text}%`))));
      return (await query.orderBy('entry', 'desc').limit(limit).execute()).map(numbered);
    },
    async newer({ after, limit }) {
      return (await rows().where('entry', '>', after).orderBy('entry').limit(limit).execute()).map(numbered);
    },
    async ofCalls(calls, kind) {
      if (calls.length === 0) return [];
      const query = rows().where('call', 'in', calls);
      return (await (kind === undefined ? query : query.where('kind', '=', kind)).orderBy('entry').execute()).map(numbered);
    },
    callsOfRun: (of, limit) => callsOfRun(db, of, limit),
    firstSince: (atMs) => firstEntrySince(db, atMs),
    async at(entry) {
      const row = await rows().where('entry', '=', entry).executeTakeFirst();
      return row && numbered(row);
    },
    async names(pseudonyms) {
      const found: NameRow[] = [];
      for (let i = 0; i < pseudonyms.length; i += namesMax) {
        found.push(
          ...(await db
            .selectFrom('names')
            .selectAll()
            .where('pseudonym', 'in', pseudonyms.slice(i, i + namesMax))
            .execute()),
        );
      }
      return found;
    },
    async pseudonyms(people) {
      const rows = await db.selectFrom('names').select('pseudonym').where('name', 'in', people).where('kind', '=', 'person').execute();
      return rows.map(({ pseudonym }) => pseudonym);
    },
    async checkpoints(above, limit) {
      const found = await db
        .selectFrom('checkpoints')
        .select(['size', 'note'])
        .where('size', '>', above)
        .orderBy('size')
        .limit(limit)
        .execute();
      return found.map(({ size, note }) => ({ size: Number(size), note }));
    },
    async latestCheckpoint() {
      const found = await db.selectFrom('checkpoints').select(['size', 'note']).orderBy('size', 'desc').limit(1).executeTakeFirst();
      return found && { size: Number(found.size), note: found.note };
    },
    async head() {
      const found = await db.selectFrom('tree').select(['size', 'peaks']).where('id', '=', 1).executeTakeFirst();
      return found && { size: Number(found.size), peaks: found.peaks };
    },
  };
}

/** PostgreSQL may give 64-bit numbers as text. */
function numbered(row: LedgerRow): LedgerRow {
  return { ...row, entry: Number(row.entry), at_ms: Number(row.at_ms) };
}
