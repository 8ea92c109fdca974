import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** Who signed a change of policy that lets more be altered without a person than the running set's max, and against which set. */
export function policySigns(kind: 'sqlite' | 'postgres'): Migration {
  const words = { int: kind === 'postgres' ? 'bigint' : 'integer' };
  return {
    async up(db: Kysely<unknown>) {
      const columns = 'digest text!, running text!, person text!, at_ms int!;digest, running, person';
      await sql.raw(`create table "policy_signs" (${definition(columns, words)})`).execute(db);
    },
  };
}
