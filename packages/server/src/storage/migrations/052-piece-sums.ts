import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Numbers what was counted before there were running sums. */
export const numberPieces = `update pieces set n = s.n, total = s.total from (
    select call, row_number() over own as n, sum(coalesce(reach, 0)) over own as total from pieces
    window own as (partition by goal order by at_ms, call rows unbounded preceding)) as s
  where s.call = pieces.call`;

/** Running sums over the pieces of a goal, so that thousands of them are counted by looking at two. */
export function pieceSums(kind: 'sqlite' | 'postgres'): Migration {
  const int = kind === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>) {
      for (const text of [
        `alter table pieces add column n ${int} not null default 0`,
        `alter table pieces add column total ${int} not null default 0`,
        `alter table pieces add column own_ms ${int} not null default 0`,
        'update pieces set own_ms = at_ms',
        numberPieces,
        'drop index pieces_goal',
        'create index pieces_goal on pieces (goal, at_ms, n)',
        'create index pieces_at on pieces (at_ms)',
      ])
        await sql.raw(text).execute(db);
    },
  };
}
