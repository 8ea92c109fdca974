import { setImmediate } from 'node:timers/promises';
import { CompiledQuery, type Selectable, sql } from 'kysely';
import type { SeenRow, Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import type { SeenValuesTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { type Mark, memoryLimits, type Seen } from './memory.ts';

/** What of the database the memory needs. */
export type SeenDatabase = Pick<Database, 'read'>;

const rowsAtOnce = 100;

/** A value that was seen, as the recorder writes it. */
export function rowOf(person: string, { id, atMs, origin, source, sensitive, words }: Seen): SeenRow {
  // PostgreSQL holds no NUL.
  const [ofCall, whose, from] = [id, person, source].map((text) => text.replaceAll('\0', '')) as [string, string, string];
  return { id: ofCall, person: whose, atMs, origin, source: from, sensitive, words: packed(words) };
}

/** Writes what was seen within a transaction that does other things, too. */
export async function insertSeen(tx: Tx, rows: readonly SeenRow[]): Promise<void> {
  if (rows.length === 0) return;
  await kyselyOf(tx)
    .insertInto('seen_values')
    .values(
      rows.map(({ atMs, sensitive, ...row }) => ({
        ...row,
        at_ms: atMs,
        sensitive: sensitive ? 1 : 0,
        seq: sql<number>`(select size from tree where id = 1)`,
      })),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** Deletes some of what nobody asks about any more; true where there may be more. */
export async function deleteSeen(tx: Tx, beforeMs: number, max: number): Promise<boolean> {
  const db = kyselyOf(tx);
  const old = db.selectFrom('seen_values').select('id').where('at_ms', '<', beforeMs).orderBy('at_ms').limit(max);
  const { numDeletedRows } = await db.deleteFrom('seen_values').where('id', 'in', old).executeTakeFirstOrThrow();
  return Number(numDeletedRows) >= max;
}

/** What came to be known of a person, oldest first, and up to where that is. */
export interface SeenSince {
  readonly rows: readonly Seen[];
  readonly upTo: number;
  /** The latest of what there was too much to read of. */
  readonly left: { readonly outsiders?: Mark | undefined; readonly sensitive?: Mark | undefined };
}

/** Whom it is about, and from when on. */
export interface About {
  readonly person: string;
  readonly afterMs: number;
}

/** Whether a person's agents were given anything of note; one look at an index. */
export async function wasGiven({ read }: SeenDatabase, { person, afterMs }: About): Promise<boolean> {
  const { rows } = await read.executeQuery(CompiledQuery.raw(textsOf(read).given, [person, afterMs, 1]));
  return rows.length > 0;
}

/** The latest that a memory holds; the newest first and a little at a time, so that a long day holds nobody else up. */
export async function latestSeen({ read }: SeenDatabase, about: About): Promise<SeenSince> {
  const rows: Seen[] = [];
  let [words, seq, upTo] = [0, Number.MAX_SAFE_INTEGER, 0];
  for (let offset = 0; ; offset += rowsAtOnce) {
    const page = await read
      .selectFrom('seen_values')
      .selectAll()
      .where('person', '=', about.person)
      .where('at_ms', '>', about.afterMs)
      .orderBy('seq', 'desc')
      .orderBy('at_ms', 'desc')
      .orderBy('id')
      .limit(rowsAtOnce)
      .offset(offset)
      .execute();
    for (const row of page) {
      const seen = seenOf(row);
      words += seen.words.length;
      if (rows.length >= memoryLimits.rowsMax || words > memoryLimits.wordsMax)
        return { rows: rows.toReversed(), upTo, left: await leftBehind({ read }, about, seq) };
      rows.push(seen);
      seq = Number(row.seq);
      upTo = Math.max(upTo, seq);
    }
    if (page.length < rowsAtOnce) return { rows: rows.toReversed(), upTo, left: {} };
    await setImmediate();
  }
}

/** What was written up to there, of which no more is known than that it was. */
async function leftBehind({ read }: SeenDatabase, { person, afterMs }: About, seq: number): Promise<SeenSince['left']> {
  const older = read
    .selectFrom('seen_values')
    .select(['id', 'source', 'at_ms'])
    .where('person', '=', person)
    .where('at_ms', '>', afterMs)
    .where('seq', '<=', seq)
    .orderBy('at_ms', 'desc')
    .limit(1);
  const markOf = (row: Pick<SeenValuesTable, 'id' | 'source' | 'at_ms'> | undefined) =>
    row && { id: row.id, source: row.source, atMs: Number(row.at_ms) };
  return {
    outsiders: markOf(await older.where('origin', '=', 'outsiders').executeTakeFirst()),
    sensitive: markOf(await older.where('sensitive', '=', 1).executeTakeFirst()),
  };
}

/**
 * What came since `upTo` and is not in `known`. Whoever wrote last held the tree: what has a higher number was committed
 * later, and what has the same may have been. Undefined where it is more than a memory holds.
 */
export async function seenSince(
  { read }: SeenDatabase,
  { person, afterMs, upTo, known }: About & { readonly upTo: number; readonly known: ReadonlyMap<string, unknown> },
): Promise<SeenSince | undefined> {
  const asked = CompiledQuery.raw(textsOf(read).ids, [person, upTo, afterMs, memoryLimits.rowsMax + 1]);
  const { rows: ids } = await read.executeQuery<Pick<SeenValuesTable, 'id' | 'seq'>>(asked);
  if (ids.length > memoryLimits.rowsMax) return undefined;
  const missing = ids.map(({ id }) => id).filter((id) => !known.has(id));
  const rows: Seen[] = [];
  for (let at = 0; at < missing.length; at += rowsAtOnce) {
    if (at > 0) await setImmediate();
    const some = missing.slice(at, at + rowsAtOnce);
    const found = await read.selectFrom('seen_values').selectAll().where('id', 'in', some).orderBy('seq').execute();
    rows.push(...found.map(seenOf));
  }
  return { rows, upTo: Number(ids.at(-1)?.seq ?? upTo), left: {} };
}

const texts = new WeakMap<SeenDatabase['read'], { readonly ids: string; readonly given: string }>();

/** Asked with every call, and so written once for each database; the values stand for parameters. */
function textsOf(read: SeenDatabase['read']): { readonly ids: string; readonly given: string } {
  const known = texts.get(read);
  if (known) return known;
  const own = read.selectFrom('seen_values').where('person', '=', '');
  const made = {
    ids: own.select(['id', 'seq']).where('seq', '>=', 0).where('at_ms', '>', 0).orderBy('seq').limit(1).compile().sql,
    given: own.select('id').where('at_ms', '>', 0).limit(1).compile().sql,
  };
  texts.set(read, made);
  return made;
}

function seenOf({ id, at_ms, origin, source, sensitive, words }: Selectable<SeenValuesTable>): Seen {
  return { id, atMs: at_ms, origin: origin as Seen['origin'], source, sensitive: sensitive === 1, words: unpacked(words) };
}

function packed(words: Uint32Array): string {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('base64');
}

function unpacked(text: string): Uint32Array {
  const bytes = Buffer.from(text, 'base64');
  return Uint32Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readUInt32LE(at * 4));
}
