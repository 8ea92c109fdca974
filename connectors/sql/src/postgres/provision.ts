import type { ConnectorKind } from '@trapkey/contract/upstream.ts';
import pg from 'pg';
import { fullName, isDenied } from '../schema.ts';

interface Found {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

const tablesQuery = `
select n.nspname as schema, c.relname as name, pg_catalog.array_agg(a.attname::text order by a.attnum) as columns
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname || '.' || c.relname = any($1) group by 1, 2 order by 1, 2`;

/** The statements that make the account of a connection: it logs in, and has exactly the columns that its connectors allow. */
export const provisionPostgres: NonNullable<ConnectorKind['provision']> = async (address, { bounds, adminUrl, apply }) => {
  if (address.kind !== 'postgres') throw new Error('Only PostgreSQL has accounts; SQLite is kept inside by its authorizer');
  const { username, password } = new URL(address.url);
  const account = decodeURIComponent(username);
  if (account === '') throw new Error('The address of the connection names no account: postgres://account:password@host/database');
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const wanted = [...new Set(bounds.flatMap(({ tables }) => tables.map(fullName)))];
    const { rows } = await client.query<Found>(tablesQuery, [wanted]);
    const missing = wanted.filter((full) => !rows.some(({ schema, name }) => `${schema}.${name}` === full));
    if (missing.length > 0) throw new Error(`The database has no table ${missing.join(', ')}`);
    const exists = (await client.query('select from pg_catalog.pg_roles where rolname = $1', [account])).rowCount === 1;
    const role = pg.escapeIdentifier(account);
    const attributes = 'login nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls';
    const statements = [
      `${exists ? 'alter' : 'create'} role ${role} ${attributes}`,
      `revoke all on database ${pg.escapeIdentifier((await current(client)) ?? '')} from ${role}`,
      `grant connect on database ${pg.escapeIdentifier((await current(client)) ?? '')} to ${role}`,
      ...(await everySchema(client)).flatMap((schema) => revoked(schema, role)),
      ...rows.flatMap((found) => granted(found, role, bounds)),
    ];
    const secret = password === '' ? [] : [`alter role ${role} password ${pg.escapeLiteral(decodeURIComponent(password))}`];
    if (apply) await applied(client, [...statements, ...secret]);
    return [...statements, ...(secret.length > 0 ? [`alter role ${role} password '…'`] : [])];
  } finally {
    await client.end();
  }
};

async function current(client: pg.Client): Promise<string | undefined> {
  return (await client.query<{ readonly name: string }>('select current_database() as name')).rows[0]?.name;
}

async function everySchema(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ readonly name: string }>(
    "select nspname as name from pg_catalog.pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1",
  );
  return rows.map(({ name }) => name);
}

function revoked(schema: string, role: string): readonly string[] {
  const inside = `in schema ${pg.escapeIdentifier(schema)} from ${role}`;
  return [
    ...['tables', 'sequences', 'functions'].map((what) => `revoke all on all ${what} ${inside}`),
    `revoke all on schema ${pg.escapeIdentifier(schema)} from ${role}`,
  ];
}

function granted(
  { schema, name, columns }: Found,
  role: string,
  bounds: Parameters<typeof provisionPostgres>[1]['bounds'],
): readonly string[] {
  const full = `${schema}.${name}`;
  const table = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
  const naming = bounds.filter(({ tables }) => tables.some((one) => fullName(one) === full));
  const free = (of: typeof bounds) => columns.filter((column) => of.every((one) => !isDenied(one, full, column)));
  const list = free(bounds)
    .map((column) => pg.escapeIdentifier(column))
    .join(', ');
  const writes = naming.some(({ access }) => access === 'read-write');
  return [
    `grant usage on schema ${pg.escapeIdentifier(schema)} to ${role}`,
    `grant select (${list}) on ${table} to ${role}`,
    ...(writes ? [`grant insert (${list}), update (${list}), delete on ${table} to ${role}`] : []),
  ];
}

/** All of it or nothing. */
async function applied(client: pg.Client, statements: readonly string[]): Promise<void> {
  await client.query('begin');
  for (const statement of statements) await client.query(statement);
  await client.query('commit');
}
