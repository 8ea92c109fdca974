import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** Counters of limits, what tripped, and what was refused lately. */
export function limits(kind: 'sqlite' | 'postgres'): Migration {
  const words = kind === 'postgres' ? { int: 'bigint', bytes: 'bytea' } : { int: 'integer', bytes: 'blob' };
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      for (const index of indexes) await sql.raw(`create index ${index}`).execute(db);
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  ['limit_counters', 'key text*, rule text!, scope text!, who text!, state text!, window_ms int, touched_at_ms int!'],
  [
    'limit_trips',
    'id text*, rule text!, scope text!, who text!, measure text!, text text!, used int!, max int!, lost int!, mode text!, owner text!, at_ms int!, rearm_at_ms int, person text, call text, run text, stop text, request text, reset_at_ms int, reset_by text, reset_reason text',
  ],
  [
    'limit_refusals',
    'call text*, party text!, effect text!, code text!, connector text!, tool text!, instead text, targets text!, rule text!, ticket text, at_ms int!',
  ],
];

const indexes: readonly string[] = [
  'limit_counters_scope on limit_counters (scope)',
  'limit_counters_touched on limit_counters (touched_at_ms)',
  'limit_trips_open on limit_trips (reset_at_ms, at_ms)',
  'limit_refusals_at on limit_refusals (at_ms)',
];
