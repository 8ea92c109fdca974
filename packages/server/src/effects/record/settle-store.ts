import type { Entry } from '@trapkey/contract/entry.ts';
import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Tx } from '../../kernel/recorder.ts';
import type { Tables } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { pseudonymsOf, withNames } from './show.ts';
import type { RecordDatabase } from './store.ts';

/** A call whose last entry leaves it open, with names in place of pseudonyms. */
export interface OpenCall {
  readonly entry: Entry;
  readonly atMs: number;
}

/** Where looking for open calls goes on from, and where the record ends. */
export async function unsettled(database: RecordDatabase): Promise<{ readonly from: number; readonly end: number }> {
  const tree = await database.read.selectFrom('tree').select(['size', 'settled']).where('id', '=', 1).executeTakeFirstOrThrow();
  return { from: tree.settled, end: tree.size };
}

/** The calls that were left open by an entry in `[from, to)`, oldest first. */
export async function openCalls(database: RecordDatabase, from: number, to: number): Promise<readonly OpenCall[]> {
  const rows = await lastAndOpen(database.read)
    .where('l.entry', '>=', from)
    .where('l.entry', '<', to)
    .select(['l.bytes', 'l.at_ms'])
    .execute();
  const entries = rows.map((row) => ({ entry: JSON.parse(row.bytes) as Entry, atMs: row.at_ms }));
  const pseudonyms = [...new Set(entries.flatMap(({ entry }) => pseudonymsOf(entry)))];
  if (pseudonyms.length === 0) return entries;
  const found = await database.read.selectFrom('names').select(['pseudonym', 'name']).where('pseudonym', 'in', pseudonyms).execute();
  const names = new Map(found.map(({ pseudonym, name }) => [pseudonym, name]));
  return entries.map(({ entry, atMs }) => ({ entry: withNames(entry, names), atMs }));
}

/** Which of these entries still leave their call open, as seen in the transaction that closes them. */
export async function stillOpen(tx: Tx, entries: readonly number[]): Promise<ReadonlySet<number>> {
  if (entries.length === 0) return new Set();
  const rows = await lastAndOpen(kyselyOf(tx)).where('l.entry', 'in', entries).select('l.entry').execute();
  return new Set(rows.map((row) => row.entry));
}

/** Everything below is settled. */
export async function markSettled(tx: Tx, settled: number): Promise<void> {
  await kyselyOf(tx).updateTable('tree').set({ settled }).where('id', '=', 1).where('settled', '<', settled).execute();
}

/** Entries after which something of their call must follow, and nothing does. */
function lastAndOpen(db: Kysely<Tables>) {
  return db
    .selectFrom('ledger as l')
    .where('l.call', 'is not', null)
    .where((eb) =>
      eb.or([
        eb('l.kind', '=', 'requested'),
        // What is read once a call was decided (what stands there after it) leaves nothing open.
        eb.and([eb('l.kind', 'in', ['probing', 'probed']), eb(lastStep(eb), '=', 'requested')]),
        eb.and([eb('l.kind', '=', 'decided'), eb('l.verdict', '=', 'allow')]),
      ]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('ledger as m')
            .select('m.entry')
            .whereRef('m.call', '=', 'l.call')
            .whereRef('m.entry', '>', 'l.entry')
            .where('m.kind', 'in', ['requested', 'probing', 'probed', 'decided', 'executed', 'closed']),
        ),
      ),
    )
    .orderBy('l.entry');
}

/** Whether a call was asked for or decided last, before this entry of it. */
function lastStep(eb: ExpressionBuilder<Tables & { readonly l: Tables['ledger'] }, 'l'>) {
  return eb
    .selectFrom('ledger as k')
    .select('k.kind')
    .whereRef('k.call', '=', 'l.call')
    .whereRef('k.entry', '<', 'l.entry')
    .where('k.kind', 'in', ['requested', 'decided'])
    .orderBy('k.entry', 'desc')
    .limit(1);
}
