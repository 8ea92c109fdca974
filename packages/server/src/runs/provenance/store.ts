import type { Tx } from '../../kernel/recorder.ts';
import type { Database } from '../../storage/database.ts';
import { kyselyOf } from '../../storage/tx.ts';
import type { Seen } from './memory.ts';

/** What of the database the memory needs. */
export type SeenDatabase = Pick<Database, 'read'>;

const idsMax = 4_000;
const idsAtOnce = 400;

/** Writes what was seen; older than the window is deleted with it. */
export async function insertSeen(tx: Tx, person: string, rows: readonly Seen[], keptAfterMs: number): Promise<void> {
  const db = kyselyOf(tx);
  for (const { id, atMs, origin, source, sensitive, words } of rows)
    await db
      .insertInto('seen_values')
      .values({ id, person, at_ms: atMs, origin, source, sensitive: sensitive ? 1 : 0, words: packed(words) })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  await db.deleteFrom('seen_values').where('person', '=', person).where('at_ms', '<', keptAfterMs).execute();
}

/** What a person's agents were given since, that is not in `known`; oldest first. */
export async function seenSince(
  { read }: SeenDatabase,
  person: string,
  afterMs: number,
  known: ReadonlyMap<string, unknown>,
): Promise<readonly Seen[]> {
  const ids = await read
    .selectFrom('seen_values')
    .select('id')
    .where('person', '=', person)
    .where('at_ms', '>', afterMs)
    .orderBy('at_ms', 'desc')
    .limit(idsMax)
    .execute();
  const missing = ids.map(({ id }) => id).filter((id) => !known.has(id));
  const found: Seen[] = [];
  for (let at = 0; at < missing.length; at += idsAtOnce) {
    const some = missing.slice(at, at + idsAtOnce);
    const rows = await read.selectFrom('seen_values').selectAll().where('id', 'in', some).execute();
    for (const { id, at_ms, origin, source, sensitive, words } of rows)
      found.push({ id, atMs: at_ms, origin: origin as Seen['origin'], source, sensitive: sensitive === 1, words: unpacked(words) });
  }
  return found.toSorted((a, b) => a.atMs - b.atMs);
}

/** Whose agents were given anything of note since. */
export async function peopleSince({ read }: SeenDatabase, afterMs: number): Promise<readonly string[]> {
  const rows = await read.selectFrom('seen_values').select('person').distinct().where('at_ms', '>', afterMs).limit(100_000).execute();
  return rows.map(({ person }) => person);
}

function packed(words: Uint32Array): string {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('base64');
}

function unpacked(text: string): Uint32Array {
  const bytes = Buffer.from(text, 'base64');
  return Uint32Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readUInt32LE(at * 4));
}
