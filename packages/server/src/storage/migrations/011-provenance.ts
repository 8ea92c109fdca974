import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** What a person's agents were given, as keyed digests of its words. */
export function provenance(kind: 'sqlite' | 'postgres'): Migration {
  const words = kind === 'postgres' ? { int: 'bigint' } : { int: 'integer' };
  return {
    async up(db: Kysely<unknown>) {
      await sql.raw(`create table "seen_values" (${definition(columns, words)})`).execute(db);
      await sql.raw('create index seen_values_person on seen_values (person, at_ms)').execute(db);
      await sql.raw('create index seen_values_at on seen_values (at_ms)').execute(db);
    },
  };
}

const columns = 'id text!*, person text!, at_ms int!, origin text!, source text!, sensitive int!, words text!';
