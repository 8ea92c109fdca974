import type pg from 'pg';
import { fullName, type Schema, type Table } from '../schema.ts';

interface Row {
  readonly schema: string;
  readonly name: string;
  readonly id: number;
  readonly view: string | null;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly number: number; readonly readable: boolean }[];
}

interface Account {
  readonly database: string;
  readonly mighty: boolean;
  readonly member: boolean;
  /** A table that it may read and that no connector of the connection allows. */
  readonly other: string | null;
}

const tablesQuery = `
select n.nspname as schema, c.relname as name, c.oid as id,
  case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end as view,
  (select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, null),
      'number', a.attnum, 'readable', pg_catalog.has_column_privilege(c.oid, a.attnum, 'select')) order by a.attnum), '[]')
    from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname || '.' || c.relname = any($1)`;

const accountQuery = `
select current_database() as database, r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolreplication as mighty,
  exists (select from pg_catalog.pg_auth_members m where m.member = r.oid) as member,
  (select n.nspname || '.' || c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and n.nspname || '.' || c.relname <> all($1) and pg_catalog.has_schema_privilege(n.oid, 'usage')
      and pg_catalog.has_any_column_privilege(c.oid, 'select') limit 1) as other
from pg_catalog.pg_roles r where r.rolname = session_user`;

/** How the tables of a connection look now, and whether the account that looks is as narrow as it must be. */
export async function readSchema(pool: pg.Pool, tables: readonly string[]): Promise<Schema> {
  const found = await pool.query<Row>(tablesQuery, [tables.map(fullName)]);
  const {
    rows: [account],
  } = await pool.query<Account>(accountQuery, [tables.map(fullName)]);
  return {
    database: account?.database ?? '',
    tables: new Map(found.rows.map((row) => [`${row.schema}.${row.name}`, tableOf(row)])),
    readAtMs: performance.now(),
    wall: 'account',
    tooWide: tooWide(account),
  };
}

function tableOf({ schema, name, id, view, columns }: Row): Table {
  return { schema, name, id, columns, view: view ?? undefined };
}

function tooWide(account: Account | undefined): string | undefined {
  if (!account) return 'the account of the connection cannot be looked up';
  if (account.mighty) return 'the account of the connection may pass the database’s own rules';
  if (account.member) return 'the account of the connection is a member of other roles';
  return account.other === null ? undefined : 'the account of the connection may read tables that no connector of it allows';
}
