import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which tools of a plugin are used, and the highest tier that a run came to; counted from now on. */
export function usedTools(kind: 'sqlite' | 'postgres'): Migration {
  const int = kind === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>) {
      for (const text of [
        `create table used_tools (plugin text not null, connector text not null, tool text not null, calls ${int} not null, first_at_ms ${int} not null, last_at_ms ${int} not null, primary key (plugin, connector, tool))`,
        `alter table runs add column tier ${int} not null default 0`,
      ])
        await sql.raw(text).execute(db);
    },
  };
}
