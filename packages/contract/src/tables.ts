import type { Code } from './codes.ts';
import type { JsonObject } from './json.ts';

/** How far a connector over a database goes. It is asked for with every request; without it nothing is read. */
export interface TableBounds {
  readonly access: 'read-only' | 'read-write';
  /** `deals`, or with its schema `sales.deals`. */
  readonly tables: readonly string[];
  /** `ssn` in every table, or `people.ssn` in one. */
  readonly deniedColumns: readonly string[];
  readonly rowLimit: number;
}

/** A call of a tool as its arguments say it, before anything runs. */
export interface TableQuestion {
  readonly tool: string;
  readonly args: JsonObject;
  readonly bounds: TableBounds;
}

/** Why something cannot be let through: the key of the connector document that bars it, and a sentence. */
export interface TableRefusal {
  readonly code: Extract<Code, 'table_not_allowed' | 'column_denied' | 'read_only' | 'not_offered' | 'invalid_input' | 'not_enforceable'>;
  readonly key: 'allowed_tables' | 'denied_columns' | 'access' | 'query' | 'connection';
  readonly says: string;
}

/** What a question can reach: the tables and columns, as `deals(amount, region)`; or why it may not be asked. */
export type TableJudgement = { readonly touched: readonly string[] } | { readonly refusal: TableRefusal };

/** The account that is wanted: one that may do what the bounds say and nothing else. */
export interface Provisioning {
  readonly bounds: readonly TableBounds[];
  /** The address of somebody who may make accounts. */
  readonly adminUrl: string;
  readonly apply: boolean;
}
