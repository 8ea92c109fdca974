import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** When those whom a batch asks were reminded of it; those of before are reminded once. */
export function batchReminders(kind: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql.raw(`alter table batches add column reminded_at_ms ${kind === 'postgres' ? 'bigint' : 'integer'}`).execute(db);
    },
  };
}
