import type { TableBounds, TableRefusal } from '@trapkey/contract/tables.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
  /** Its number in the table, by which a result tells where a value comes from. */
  readonly number: number;
  /** Whether the account of the connection may read it. */
  readonly readable: boolean;
}

/** A table as the database describes it. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** Its id in the database, by which a result names it. */
  readonly id: number;
  readonly columns: readonly Column[];
  /** What a view reads, as a statement; undefined for a table. */
  readonly view: string | undefined;
}

/** The tables that the connectors of one connection may read, as they were when they were last looked at. */
export interface Schema {
  readonly database: string;
  /** By `schema.name`. */
  readonly tables: ReadonlyMap<string, Table>;
  readonly readAtMs: number;
  /** What else keeps a statement inside: the account that it runs as, or an authorizer on the connection. */
  readonly wall: 'account' | 'authorizer';
  /** Why the account may do more than it should; undefined where it may not. */
  readonly tooWide: string | undefined;
}

const defaultSchema = 'public';

/** `schema.name`, by which a table is known. */
export function fullName(name: string): string {
  return name.includes('.') ? name : `${defaultSchema}.${name}`;
}

/** As people write it: without the schema that everybody means. */
export function shortName(full: string): string {
  return full.startsWith(`${defaultSchema}.`) ? full.slice(defaultSchema.length + 1) : full;
}

/** Whether a table is on the list. */
export function isAllowed(bounds: TableBounds, full: string): boolean {
  return bounds.tables.some((table) => fullName(table) === full);
}

/** Whether a column is denied: by its name in every table, or in this one. Upper and lower case are the same here. */
export function isDenied(bounds: TableBounds, full: string, column: string): boolean {
  const name = column.toLowerCase();
  return bounds.deniedColumns.some((denied) => {
    const dot = denied.lastIndexOf('.');
    if (dot < 0) return denied.toLowerCase() === name;
    return denied.slice(dot + 1).toLowerCase() === name && fullName(denied.slice(0, dot)).toLowerCase() === full.toLowerCase();
  });
}

/** What of a table may be read. */
export function readable(bounds: TableBounds, full: string, { columns }: Table): Table['columns'] {
  return columns.filter((column) => column.readable && !isDenied(bounds, full, column.name));
}

/** A name as SQL writes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const provision = 'make one that may not with `trapkey connector provision`';

/** The database is the second wall: why it would not stand, undefined where it does. */
export function missingWall(bounds: TableBounds, schema: Schema): TableRefusal | undefined {
  const refusal = (what: string): TableRefusal => ({
    code: 'not_enforceable',
    key: 'connection',
    says: `Nothing is read, because ${what}; ${provision}`,
  });
  if (schema.wall === 'authorizer') return undefined;
  if (schema.tooWide !== undefined) return refusal(schema.tooWide);
  for (const [full, { columns }] of schema.tables) {
    const open = columns.find(({ name, readable }) => readable && isDenied(bounds, full, name));
    if (open) return refusal(`the account of the connection may itself read ${shortName(full)}.${open.name}, which is denied`);
  }
  return undefined;
}
