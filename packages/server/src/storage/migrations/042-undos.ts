import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** What is taken back: each undo, and every change in it, the newest first. */
export function undos(kind: 'sqlite' | 'postgres'): Migration {
  const words = { int: kind === 'postgres' ? 'bigint' : 'integer' };
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      for (const index of indexes) await sql.raw(`create index ${index}`).execute(db);
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  [
    'undos',
    'id text*, state text!, kind text!, scope text!, since_ms int, plugin text!, version text!, person text!, groups text, reason text!, items int!, asked_at_ms int!, looked_at_ms int, started_by text, started_groups text, started_at_ms int, ended_by text, ended_at_ms int, run text, total int!, ended int!, errors int!, step int!, target int!, step_errors int!, paused_for text, claimed_by text, claimed_at_ms int, changed int!',
  ],
  [
    'undo_items',
    'undo text!, n int!, call text!, connector text!, tool text!, state text!, target text, leaves text, expects text, expects_sealed text, code text, says text, included_by text, included_because text, ran text, sent int!, started_at_ms int, ended_at_ms int; undo, n',
  ],
];

const indexes: readonly string[] = [
  'undos_state on undos (state, asked_at_ms)',
  'undos_scope on undos (kind, scope)',
  'undo_items_state on undo_items (undo, state, n)',
  'undo_items_target on undo_items (undo, target, n)',
  'undo_items_call on undo_items (call)',
];
