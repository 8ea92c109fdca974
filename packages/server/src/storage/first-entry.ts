import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** The first entry of a time, or the size of the record: entries are numbered in the order of their commits, so it is found by halving. */
export async function firstEntrySince(db: Kysely<Tables>, atMs: number): Promise<number> {
  const head = await db.selectFrom('tree').select('size').where('id', '=', 1).executeTakeFirst();
  let [low, high] = [0, Number(head?.size ?? 0)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await db.selectFrom('ledger').select('at_ms').where('entry', '>=', middle).orderBy('entry').limit(1).executeTakeFirst();
    if (row && Number(row.at_ms) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
