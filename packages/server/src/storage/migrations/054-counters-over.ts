import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** When a counter can count no more, so that those are found without looking at all that still can. */
export function countersOver(kind: 'sqlite' | 'postgres'): Migration {
  const int = kind === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>) {
      for (const text of [
        // Null where an older version wrote it: such a one is kept.
        `alter table limit_counters add column over_at_ms ${int}`,
        'update limit_counters set over_at_ms = touched_at_ms + coalesce(window_ms + 86400000, 34560000000)',
        'create index limit_counters_over on limit_counters (over_at_ms) where over_at_ms is not null',
      ])
        await sql.raw(text).execute(db);
    },
  };
}
