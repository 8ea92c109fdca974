import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { definition } from './columns.ts';

/** All tables of the first release. The record's format must not change after it. */
export function first(kind: 'sqlite' | 'postgres'): Migration {
  const words = kind === 'postgres' ? { int: 'bigint', bytes: 'bytea' } : { int: 'integer', bytes: 'blob' };
  return {
    async up(db: Kysely<unknown>) {
      for (const [name, columns] of tables) await sql.raw(`create table "${name}" (${definition(columns, words)})`).execute(db);
      for (const index of indexes) await sql.raw(`create index ${index}`).execute(db);
      await sql`insert into tree (id, size, peaks, settled) values (1, 0, ${new Uint8Array()}, 0)`.execute(db);
      await sql`insert into latch (id, generation, changes) values (1, 0, 0)`.execute(db);
    },
  };
}

const tables: readonly (readonly [string, string])[] = [
  ['ledger', 'entry int*, at_ms int!, kind text!, call text, plugin text, connector text, verdict text, bytes text!, leaf bytes!'],
  ['tree', 'id int*, size int!, peaks bytes!, settled int!'],
  ['checkpoints', 'size int*, at_ms int!, note text!'],
  ['names', 'pseudonym text*, kind text!, name text!, salt bytes!'],
  ['vault', 'digest text*, key_id text!, iv bytes!, bytes bytes!'],
  ['vault_keys', 'id text*, run text!, wrapped bytes!'],
  ['policies', 'digest text*, files text!, state text!, created_at_ms int!, by text!, note text!'],
  ['policy_pointer', 'id int*, digest text!, previous text, generation int!'],
  [
    'tokens',
    'id text*, hash text!^, person text!, plugin text!, version text!, connector text!, profile text, audience text!, issued_by text!, created_at_ms int!, expires_at_ms int!, revoked_at_ms int',
  ],
  ['people', 'person text*, roles text!, code_hash text!, enrolled_at_ms int!, enrolled_by text!, failures int!, locked_until_ms int!'],
  ['latch', 'id int*, generation int!, changes int!'],
  [
    'stops',
    'id text*, scope text!, target text!, mode text!, by text!, reason text!, engaged_at_ms int!, released_at_ms int, released_by text, release_reason text',
  ],
  [
    'tickets',
    'id text*, state text!, dedupe text!, person text!, plugin text!, version text!, connector text!, tool text!, run text!, call text!, attempt int!, arguments text!, definition text!, policy text!, reach int, recipients text, rule text!, sentence text!, approvers text!, needs int!, decisions text!, decided_reason text, created_at_ms int!, expires_at_ms int!, decided_at_ms int, executing_at_ms int, finished_at_ms int',
  ],
  ['runs', 'id text*, person text!, plugin text!, version text!, profile text, session text, started_at_ms int!'],
  [
    'definitions',
    'connection text!, kind text!, name text!, digest text!, body text!, pinned_at_ms int!, pinned_by text!, changed_digest text, changed_body text; connection, kind, name',
  ],
];

const indexes: readonly string[] = [
  'ledger_call on ledger (call)',
  'vault_keys_run on vault_keys (run)',
  'tickets_dedupe on tickets (dedupe, created_at_ms)',
  'tickets_state on tickets (state, expires_at_ms)',
  'runs_who on runs (person, plugin, version, started_at_ms)',
];
