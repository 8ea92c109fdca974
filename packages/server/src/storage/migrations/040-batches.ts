import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** Batches, their changes, what runs made that can be taken back, and how much of a kind a run did. */
export function batches(kind: 'sqlite' | 'postgres'): Migration {
  const words = kind === 'postgres' ? { int: 'bigint', bytes: 'bytea' } : { int: 'integer', bytes: 'blob' };
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      for (const index of indexes) await sql.raw(`create index ${index}`).execute(db);
      await sql.raw('create unique index batch_changes_place on batch_changes (batch, n)').execute(db);
      await sql.raw("create unique index batches_open on batches (run_key) where state = 'open'").execute(db);
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  [
    'batches',
    'id text*, state text!, person text!, plugin text!, version text!, run text!, run_key text!, client text!, changes int!, reach int!, lasting int!, created_at_ms int!, submitted_at_ms int, decided_at_ms int, ended_at_ms int, attempt int!, replaces text, level text, sample int!, ticket_over int, commitment text, seed text, root text, summary text, approvers text!, needs int!, groups text!, rule text!, approvals text!, reason text, step int!, target int!, done int!, failed int!, conflicts int!, refused int!, unknown int!, paused_for text, applied_by text, claimed_at_ms int, claimed_by text, changed int!, tools text, inspection text, because text, marked int, wrong int',
  ],
  [
    'batch_changes',
    'call text*, batch text!, n int!, state text!, connector text!, tool text!, effect text!, digest text!, arguments text!, target text, before_sealed text, image text, definition text!, policy text!, reach int, destination text!, lists text!, staged_at_ms int!, drawn int, extra text, mark text, marked_by text, marked_at_ms int, note text, ran text, sent int!, code text, started_at_ms int, ended_at_ms int',
  ],
  ['stage_counts', 'key text*, count int!, until_ms int!'],
  [
    'made_changes',
    'call text*, at_ms int!, run text!, person text!, plugin text!, version text!, connector text!, tool text!, batch text, n int, state text!, arguments text!, before_sealed text, image text, after_sealed text, after_image text, result text, definition text!, reach int, reversible int!, undone_by text',
  ],
];

const indexes: readonly string[] = [
  'batches_state on batches (state, created_at_ms)',
  'batches_claimed on batches (claimed_by)',
  'batches_run on batches (run)',
  'batches_workflow on batches (plugin, created_at_ms)',
  'batch_changes_target on batch_changes (target)',
  'batch_changes_state on batch_changes (batch, state, n)',
  'batch_changes_drawn on batch_changes (batch, drawn) where drawn is not null',
  'batch_changes_extra on batch_changes (batch, extra) where extra is not null',
  'batch_changes_mark on batch_changes (batch, mark) where mark is not null',
  'stage_counts_until on stage_counts (until_ms)',
  'made_changes_run on made_changes (run, at_ms)',
  'made_changes_release on made_changes (plugin, version, at_ms)',
  'made_changes_batch on made_changes (batch, n)',
];
