import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** How long stops last and what went with them, the processes that serve and when each applied a stop, records that are held. */
export function stops(kind: 'sqlite' | 'postgres'): Migration {
  const words = kind === 'postgres' ? { int: 'bigint' } : { int: 'integer' };
  return {
    async up(db: Kysely<unknown>) {
      for (const column of ['until_ms int', 'act text', 'tokens_revoked int']) {
        const [name, type] = column.split(' ') as [string, string];
        await sql.raw(`alter table stops add column "${name}" ${type === 'int' ? words.int : type}`).execute(db);
      }
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      for (const index of indexes) await sql.raw(`create index ${index}`).execute(db);
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  ['nodes', 'id text*, host text!, pid int!, version text!, started_at_ms int!, seen_at_ms int!, ended_at_ms int'],
  ['stop_confirmations', 'stop text!, node text!, at_ms int!, aborted int!;stop, node'],
  ['holds', 'id text*, stop text!, scope text!, target text!, by text!, reason text!, held_at_ms int!, lifted_at_ms int, lifted_by text'],
];

const indexes: readonly string[] = [
  'stops_released on stops (released_at_ms)',
  'stops_engaged on stops (engaged_at_ms)',
  'nodes_ended on nodes (ended_at_ms)',
  'holds_lifted on holds (lifted_at_ms)',
];
