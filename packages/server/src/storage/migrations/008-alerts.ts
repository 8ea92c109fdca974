import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** Signals that wait to be told, alerts, and how far the record was read for them. */
export function alerts(kind: 'sqlite' | 'postgres'): Migration {
  const words = kind === 'postgres' ? { int: 'bigint', bytes: 'bytea' } : { int: 'integer', bytes: 'blob' };
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      await sql.raw('alter table outbox add column about text').execute(db);
      for (const index of indexes) await sql.raw(`create ${index}`).execute(db);
      // What was recorded before there were alerts is history: nobody is told of it now.
      await sql.raw('insert into alert_cursor (id, entry) select 1, coalesce(max(entry), -1) from ledger').execute(db);
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  ['glass_reviews', 'ticket text*, person text!, at_ms int!, note text!'],
  ['alert_cursor', 'id int*, entry int!'],
  ['signals', 'kind text!, scope text!, body text!, count int!, at_ms int!;kind, scope'],
  [
    'alerts',
    'id text*, kind text!, scope text!, body text!, owner text, state text!, count int!, first_at_ms int!, last_at_ms int!, told_at_ms int!, told_count int!, next_count int!, muted_until_ms int, by text, reason text',
  ],
];

const indexes: readonly string[] = [
  'unique index alerts_group on alerts (kind, scope)',
  'index alerts_state on alerts (state, last_at_ms)',
  'index outbox_about on outbox (about)',
];
