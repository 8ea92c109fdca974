import type { ReadUsual } from '../../kernel/usual.ts';
import type { Database } from '../../storage/database.ts';

const days = 30;
const windowMs = days * 24 * 3_600_000;
const rowsMax = 5_000;

/** Opens what is usual, as one bounded walk of an index over the record. */
export function openUsual({ database }: { readonly database: Pick<Database, 'read'> }): ReadUsual {
  return async ({ plugin, connector, tool, atMs }) => {
    const rows = await database.read
      .selectFrom('ledger')
      .select(['plugin', 'reach'])
      .where('connector', '=', connector)
      .where('tool', '=', tool)
      .where('at_ms', '>', atMs - windowMs)
      .where('at_ms', '<=', atMs)
      .where('reach', 'is not', null)
      .orderBy('at_ms', 'desc')
      .limit(rowsMax)
      .execute();
    const own = rows.filter((row) => row.plugin?.startsWith(`${plugin}@`));
    const reaches = own.map((row) => Number(row.reach)).toSorted((a, b) => a - b);
    return { days, count: reaches.length, largest: reaches.at(-1), median: median(reaches), more: rows.length === rowsMax };
  };
}

/** Of an even number the lower of the two in the middle: a reach that really was. */
function median(sorted: readonly number[]): number | undefined {
  return sorted[Math.ceil(sorted.length / 2) - 1];
}
