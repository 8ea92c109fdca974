import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whom a staged change reached when it was looked at; of those of before nobody knows, so they are refused where policy says whom. */
export function looked(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await sql.raw('alter table batch_changes add column recipients text').execute(db);
    },
  };
}
