import type { Reader } from '@trapkey/contract/rows.ts';
import type { Subject } from '../kernel/facts.ts';
import type { RowFilter } from '../kernel/row-rules.ts';

/** For whom it is read, as identify and scope found out; nothing of it comes from the caller. */
export function readerOf({ person, groups, region }: Subject, rows: RowFilter | undefined): Reader {
  return { person, groups, region, ...(rows && { rows: rows.pushed }) };
}
