import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which requests to models budgets have counted; those of before count as counted. */
export function spend(kind: 'sqlite' | 'postgres'): Migration {
  const int = kind === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>) {
      for (const text of [
        `alter table model_requests add column counted ${int} not null default 1`,
        'create index model_requests_uncounted on model_requests (at_ms) where counted = 0',
      ])
        await sql.raw(text).execute(db);
    },
  };
}
