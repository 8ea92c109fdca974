import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** People and groups that an identity provider keeps here, and what people let the gateway do for them at upstreams. */
export function people(kind: 'sqlite' | 'postgres'): Migration {
  const words = { int: kind === 'postgres' ? 'bigint' : 'integer' };
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      for (const index of indexes) await sql.raw(index).execute(db);
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  [
    'scim_resources',
    'kind text!, id text!, name text!, external_id text, active int!, resource text!, version int!, created_at_ms int!, changed_at_ms int!, deleted_at_ms int;kind, id',
  ],
  ['scim_members', 'group_id text!, member text!;group_id, member'],
  [
    'upstream_grants',
    'id text*, connection text!, vendor text!, person text!, sealed text!, expires_at_ms int, granted_at_ms int!, refreshed_at_ms int!, ended_at_ms int, ended_by text, ended_why text',
  ],
];

const indexes: readonly string[] = [
  'create unique index scim_resources_name on scim_resources (kind, name) where deleted_at_ms is null',
  'create index scim_resources_external on scim_resources (kind, external_id)',
  'create index scim_members_member on scim_members (member)',
  'create unique index upstream_grants_open on upstream_grants (connection, person) where ended_at_ms is null',
];
