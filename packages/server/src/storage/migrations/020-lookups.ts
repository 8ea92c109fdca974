import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The order in which tickets were opened, whatever clock they bear. */
export function lookups(kind: 'sqlite' | 'postgres'): Migration {
  const int = kind === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>) {
      for (const text of [
        `alter table tickets add column opened ${int} not null default 0`,
        'create index tickets_opened on tickets (opened)',
      ])
        await sql.raw(text).execute(db);
    },
  };
}
