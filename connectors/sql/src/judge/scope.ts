import type { TableBounds } from '@trapkey/contract/tables.ts';
import type { Schema } from '../schema.ts';
import type { Tree } from './nodes.ts';

/** One thing in FROM as the rest of a query sees it. */
export interface Item {
  readonly alias: string;
  /** `schema.name` where it stands for a table under its own name. */
  readonly table: string | undefined;
  /** Names as they are seen, and what is behind them; undefined where they are not known: then none is a denied column. */
  readonly columns: ReadonlyMap<string, Seen> | undefined;
  /** Whether the whole row holds a denied column. */
  readonly denied: boolean;
}

/** A column as it is seen: where it comes from, for the record, and whether it is denied. */
export interface Seen {
  readonly table: string | undefined;
  readonly column: string;
  readonly denied: boolean;
}

/** What the names of an expression can mean: the innermost level first. */
export interface Level {
  readonly items: Item[];
  readonly outer: Level | undefined;
  readonly withs: Withs;
}

/** Names of WITH, and the columns of each where they are known. */
export type Withs = ReadonlyMap<string, readonly string[] | undefined>;

/** What a walk over one statement works with. Its parts call each other through it. */
export interface Walk {
  readonly bounds: TableBounds;
  readonly schema: Schema;
  /** Columns by table, as they were met. */
  readonly touched: Map<string, Set<string>>;
  /** Looks at a select, and gives the names of its columns where they are known. */
  select(select: Tree, outer: Level | undefined, withs: Withs): readonly string[] | undefined;
  /** Looks at whatever stands where a value can. */
  value(value: unknown, level: Level): void;
  /** Looks at one thing in FROM and adds it to the level. */
  from(value: unknown, level: Level): readonly Item[];
}

/** Writes down that a column of a table was met. */
export function touch(walk: Walk, table: string, column: string): void {
  const columns = walk.touched.get(table) ?? new Set<string>();
  columns.add(column);
  walk.touched.set(table, columns);
}

/** Every item that an expression can name. */
export function* visible(level: Level | undefined): Iterable<Item> {
  for (let at = level; at; at = at.outer) yield* at.items;
}

/** An item of a derived table: whatever it holds was looked at where it was made. */
export function derived(alias: string, columns: readonly string[] | undefined, renamed: readonly string[] = []): Item {
  const seen = columns && [...renamed, ...columns.slice(renamed.length)];
  return {
    alias,
    table: undefined,
    columns: seen && new Map(seen.map((column) => [column, { table: undefined, column, denied: false }])),
    denied: false,
  };
}
