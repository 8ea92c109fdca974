import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** Signed stop files with the keys that they are checked with, and rehearsals of the stop. */
export function stopFiles(kind: 'sqlite' | 'postgres'): Migration {
  const words = kind === 'postgres' ? { int: 'bigint' } : { int: 'integer' };
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      for (const index of indexes) await sql.raw(index).execute(db);
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  ['stop_keys', 'id text*, person text!, public_key text!, added_by text!, added_at_ms int!, removed_at_ms int, removed_by text'],
  [
    'stop_files',
    'digest text*, file text!, state text!, key text, nonce text, stop text, says text!, seen_at_ms int!, cleared_at_ms int, cleared_by text, clear_reason text',
  ],
  [
    'rehearsals',
    'id text*, by text!, node text!, state text!, says text!, started_at_ms int!, stopped_at_ms int, released_at_ms int, finished_at_ms int',
  ],
  [
    'rehearsal_paths',
    'rehearsal text!, node text!, path text!, state text!, ready_at_ms int, refused_at_ms int, aborted_at_ms int, back_at_ms int, says text!;rehearsal, node, path',
  ],
];

const indexes: readonly string[] = [
  'create unique index stop_files_nonce on stop_files (key, nonce)',
  'create index rehearsals_started on rehearsals (started_at_ms)',
];
