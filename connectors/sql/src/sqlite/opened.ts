import type { DatabaseSync } from 'node:sqlite';
import type { TableBounds, TableRefusal } from '@trapkey/contract/tables.ts';
import { named } from '../refuse.ts';
import { fullName, isAllowed } from '../schema.ts';
import type { RowViews } from './row-views.ts';

const opening: ReadonlySet<string> = new Set(['OpenRead', 'OpenWrite', 'ReopenIdx']);
/** The root page is in a register, and not known before it runs (OPFLAG_P2ISREG). */
const inRegister = 0x10;
const mainDatabase = 0;
/** Kept by SQLite itself for AUTOINCREMENT; no statement may name it. */
const sequences = 'sqlite_sequence';

/**
 * Why a statement must not run, by the program that SQLite made of it; undefined where it opens only what it may. The authorizer is not
 * asked about columns that only USING or NATURAL name, nor about a table of which a view uses no column: the program opens them
 * all the same (https://sqlite.org/opcode.html).
 */
export function opensOthers(
  database: DatabaseSync,
  sql: string,
  { bounds, over, writes }: { readonly bounds: TableBounds; readonly over?: RowViews | undefined; readonly writes: boolean },
): TableRefusal | undefined {
  const roots = new Map(
    database
      .prepare('select tbl_name, rootpage from main.sqlite_schema where rootpage > 0')
      .all()
      .map((row) => [Number(row['rootpage']), String(row['tbl_name'])]),
  );
  for (const { opcode, p2, p3, p5 } of database.prepare(`explain ${sql}`).all()) {
    if (opcode === 'VOpen') return notAllowed('A virtual table');
    if (!opening.has(String(opcode))) continue;
    const table = Number(p3) === mainDatabase && (Number(p5) & inRegister) === 0 ? roots.get(Number(p2)) : undefined;
    if (table === undefined) return notAllowed('A table of the database itself');
    if (writes && table === sequences && !sql.toLowerCase().includes(sequences)) continue;
    if (!isAllowed(bounds, fullName(table))) return notAllowed(`The table ${named(table)}`);
    if (over && !over.views.has(table)) return over.barred.get(table) ?? notAllowed(`The table ${named(table)}`);
  }
  return undefined;
}

function notAllowed(what: string): TableRefusal {
  return { code: 'table_not_allowed', key: 'allowed_tables', says: `${what} is not among the tables that this connector may read` };
}
