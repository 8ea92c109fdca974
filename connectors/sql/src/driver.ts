import type { RowCondition } from '@trapkey/contract/rows.ts';
import type { TableBounds, TableJudgement } from '@trapkey/contract/tables.ts';
import type { Schema } from './schema.ts';
import type { RowViews } from './sqlite/row-views.ts';

/** A column of an answer, and where its values come from, where the database says so. */
export interface AnswerColumn {
  readonly name: string;
  readonly type: string;
  readonly origin?: { readonly table: number; readonly number: number } | undefined;
}

/** What came of a statement. */
export type Ran =
  | {
      readonly kind: 'rows';
      readonly columns: readonly AnswerColumn[];
      readonly rows: readonly (readonly unknown[])[];
      /** Why there may be more. */
      readonly cut: 'rows' | 'bytes' | undefined;
    }
  /** Refused or failed in the database; in our words, since its own may tell what is in it. */
  | { readonly kind: 'failed'; readonly says: string; readonly denied: boolean };

export interface Reading {
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly signal: AbortSignal;
  readonly bounds: TableBounds;
  readonly over?: RowViews | undefined;
}

/** A query over only some rows: another statement, or the same one over views that stand in the place of tables. */
export interface Limited {
  readonly sql: string;
  readonly over?: RowViews;
}

export interface Changing {
  /** `count_changes` takes it back at once, and only its count is told. */
  readonly tool: string;
  readonly signal: AbortSignal;
  readonly bounds: TableBounds;
}

/** One open database. */
export interface Driver {
  /** How the tables look now. */
  schema(): Promise<Schema>;
  judge(sql: string, bounds: TableBounds, schema: Schema): TableJudgement;
  judgeChange(sql: string, asked: { readonly tool: string; readonly bounds: TableBounds; readonly schema: Schema }): TableJudgement;
  /** A judged query over only the rows that a condition allows; throws `Refused`. */
  limited(sql: string, rows: RowCondition, bounds: TableBounds, schema: Schema): Limited;
  read(sql: string, reading: Reading): Promise<Ran>;
  /** Runs a change, and tells how many rows it changed. */
  change(sql: string, changing: Changing): Promise<Ran & { readonly changed?: number }>;
  close(): Promise<void>;
}
