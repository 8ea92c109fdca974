import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Whether one of a batch's changes is of the high tier; and which of its rules ask further people, because nobody decided in time. */
export function batchAsking(kind: 'sqlite' | 'postgres'): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const int = kind === 'postgres' ? 'bigint' : 'integer';
      for (const statement of [
        `alter table batches add column high ${int} not null default 0`,
        'update batches set high = lasting',
        `alter table batches add column escalated text not null default '[]'`,
      ])
        await sql.raw(statement).execute(db);
    },
  };
}
