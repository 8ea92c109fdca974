import type { TableRefusal } from '@trapkey/contract/tables.ts';
import { named } from '../refuse.ts';
import type { RowViews } from './row-views.ts';

/** What SQLite says of one reading: `via` is the view, or the WITH, that it stands in. */
interface Reading {
  readonly table: string;
  readonly from: string | null;
  readonly via: string | null;
}

/**
 * What keeps to the rows of one person; undefined where the other bounds are still to be asked. A statement may read the view that has a
 * table's name, which a bare name finds before anything else (SQLite may then say no database with it), and the inner view the table.
 */
export function readOver(
  { views, barred }: RowViews,
  { table, from, via }: Reading,
): 'allow' | { readonly refusal: TableRefusal } | undefined {
  const view = views.get(table);
  if (view && (from === 'main' ? via === view.inner : from === 'temp' || from === null)) return undefined;
  // Its name came into being after the statement, so only our own view reads it.
  if (from !== 'main' && [...views.values()].some(({ inner }) => inner === table)) return 'allow';
  return { refusal: barred.get(table) ?? rowsPast(`${named(table)} is read past the rows that this person may see`) };
}

/** The word by which a statement names a table past its view, wherever it stands: even between single quotes it may be a name. */
export function namesPast(sql: string): TableRefusal | undefined {
  return /\bmain\b/i.test(sql) ? rowsPast('The word "main" stands in the query, and this person may see some rows only') : undefined;
}

function rowsPast(what: string): TableRefusal {
  return { code: 'not_enforceable', key: 'query', says: `${what}; name tables without "main", and those that a view reads` };
}
