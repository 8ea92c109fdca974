import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Reader } from '@trapkey/contract/rows.ts';

/** Which rows of a result a person may have. */
export interface RowFilter {
  readonly rules: readonly string[];
  /** An expression that errors on a row keeps it back. */
  keeps(row: JsonObject): boolean;
  readonly pushed: Exclude<Reader['rows'], undefined>;
}
