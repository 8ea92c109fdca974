import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** Plugins and connectors of the catalog, their releases, who signed them off, and their files by digest. */
export function releases(kind: 'sqlite' | 'postgres'): Migration {
  const words = kind === 'postgres' ? { int: 'bigint', bytes: 'bytea' } : { int: 'integer', bytes: 'blob' };
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  [
    'catalog_subjects',
    'kind text!, id text!, owner text!, current text, known_good text, canary text, canary_people text!, canary_share int!, revision int!;kind, id',
  ],
  [
    'catalog_releases',
    'kind text!, id text!, version text!, state text!, source text!, source_digest text!, served_digest text, manifest text!, proposed_by text!, proposed_at_ms int!, state_by text!, state_at_ms int!, review_due_ms int;kind, id, version',
  ],
  [
    'catalog_sign_offs',
    'kind text!, id text!, version text!, aspect text!, person text!, passed int!, capabilities text!, note text!, at_ms int!;kind, id, version, aspect, person',
  ],
  ['catalog_files', 'digest text*, bytes bytes!'],
];
