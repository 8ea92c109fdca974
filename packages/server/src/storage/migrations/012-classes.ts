import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** Which classes of data a person's agents read, and what their runs are bound to. */
export function classes(kind: 'sqlite' | 'postgres'): Migration {
  const words = { int: kind === 'postgres' ? 'bigint' : 'integer' };
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      for (const [name] of tables) {
        await sql.raw(`create index ${name}_person on ${name} (person, at_ms)`).execute(db);
        await sql.raw(`create index ${name}_at on ${name} (at_ms)`).execute(db);
      }
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  ['read_classes', 'person text!, class text!, source text!, call text!, at_ms int!;person, class, source'],
  ['run_bindings', 'run text!, name text!, person text!, digest text!, at_ms int!;run, name'],
];
