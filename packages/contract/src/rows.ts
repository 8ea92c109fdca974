/** A value that a row rule compares with. */
export type RowValue = string | number | boolean;

/** A row rule as a condition that a database can take over. What is not here cannot be pushed down. */
export type RowCondition =
  | { readonly all: readonly RowCondition[] }
  | { readonly any: readonly RowCondition[] }
  | { readonly not: RowCondition }
  | { readonly column: string; readonly is: '=' | '<>' | '<' | '<=' | '>' | '>='; readonly value: RowValue }
  | { readonly column: string; readonly in: readonly RowValue[] };

/** For whom a request reads, as Trapkey knows them; never anything that the caller sent. */
export interface Reader {
  readonly person: string;
  readonly groups: readonly string[];
  readonly region: string;
  /**
   * Which rows may be read. Absent: all. `in words only`: a rule holds that no database can take over, so whoever cannot
   * leave each row to be screened afterwards (aggregates) refuses.
   */
  readonly rows?: RowCondition | 'in words only';
}
