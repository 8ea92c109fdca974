import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** What hooks announced, and what clients were let run by themselves. */
export function announcements(kind: 'sqlite' | 'postgres'): Migration {
  const words = kind === 'postgres' ? { int: 'bigint' } : { int: 'integer' };
  return {
    async up(db: Kysely<unknown>) {
      await sql.raw(`create table "announcements" (${definition(columns, words)})`).execute(db);
      await sql.raw('create index announcements_at on announcements (at_ms)').execute(db);
      await sql.raw('create index announcements_session on announcements (person, session)').execute(db);
    },
  };
}

const columns =
  'person text!, tool_use text!, session text!, agent text!, agent_type text, prompt text, tool text!, digest text!, call text, ticket text, run text, admitted text, at_ms int!, ended_at_ms int;person, tool_use';
