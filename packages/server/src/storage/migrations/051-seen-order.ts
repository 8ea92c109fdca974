import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** In which order values were seen: the size of the tree when they were, so that a process asks only for what is new to it. */
export function seenOrder(kind: 'sqlite' | 'postgres'): Migration {
  const int = kind === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>) {
      for (const text of [
        `alter table seen_values add column seq ${int} not null default 0`,
        'create index seen_values_seq on seen_values (person, seq)',
        'drop index seen_values_person',
      ])
        await sql.raw(text).execute(db);
    },
  };
}
