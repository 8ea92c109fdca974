import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** Each change of what a workflow may do at most, and what audits and undos said of it. Both only grow. */
export function autonomy(kind: 'sqlite' | 'postgres'): Migration {
  const words = kind === 'postgres' ? { int: 'bigint', bytes: 'bytea' } : { int: 'integer', bytes: 'blob' };
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      for (const index of indexes) await sql.raw(`create ${index}`).execute(db);
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  [
    'autonomy',
    'id text*, plugin text!, connector text!, tool text!, level text!, since_ms int!, by text!, reason text!, cause text, evidence text!',
  ],
  [
    'workflow_marks',
    'id text*, plugin text!, connector text!, tool text!, cause text!, batch text, at_ms int!, attempt int!, size int!, sampled int!, wrong int!, undone int!',
  ],
];

const indexes: readonly string[] = [
  'unique index autonomy_at on autonomy (plugin, connector, tool, since_ms)',
  'index autonomy_since on autonomy (since_ms)',
  'unique index workflow_marks_cause on workflow_marks (plugin, connector, tool, cause)',
  'index workflow_marks_at on workflow_marks (plugin, connector, tool, at_ms)',
];
