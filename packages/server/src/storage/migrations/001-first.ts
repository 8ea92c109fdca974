import { type ColumnDataType, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

type Kind = 'sqlite' | 'postgres';

/** All tables of the first release. The record's format must not change after it. */
export function first(kind: Kind): Migration {
  const bytes: ColumnDataType = kind === 'postgres' ? 'bytea' : 'blob';
  const int: ColumnDataType = kind === 'postgres' ? 'bigint' : 'integer';
  return {
    async up(db: Kysely<unknown>) {
      const s = db.schema;
      await s
        .createTable('ledger')
        .addColumn('entry', int, (c) => c.primaryKey().notNull())
        .addColumn('at_ms', int, (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('call', 'text')
        .addColumn('plugin', 'text')
        .addColumn('connector', 'text')
        .addColumn('verdict', 'text')
        .addColumn('bytes', 'text', (c) => c.notNull())
        .addColumn('leaf', bytes, (c) => c.notNull())
        .execute();
      await s.createIndex('ledger_call').on('ledger').column('call').execute();
      await s
        .createTable('tree')
        .addColumn('id', int, (c) => c.primaryKey())
        .addColumn('size', int, (c) => c.notNull())
        .addColumn('peaks', bytes, (c) => c.notNull())
        .execute();
      await sql`insert into tree (id, size, peaks) values (1, 0, ${new Uint8Array()})`.execute(db);
      await s
        .createTable('checkpoints')
        .addColumn('size', int, (c) => c.primaryKey())
        .addColumn('at_ms', int, (c) => c.notNull())
        .addColumn('note', 'text', (c) => c.notNull())
        .execute();
      await s
        .createTable('names')
        .addColumn('pseudonym', 'text', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('salt', bytes, (c) => c.notNull())
        .execute();
      await s
        .createTable('vault')
        .addColumn('digest', 'text', (c) => c.primaryKey())
        .addColumn('key_id', 'text', (c) => c.notNull())
        .addColumn('iv', bytes, (c) => c.notNull())
        .addColumn('bytes', bytes, (c) => c.notNull())
        .execute();
      await s
        .createTable('vault_keys')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('run', 'text', (c) => c.notNull())
        .addColumn('wrapped', bytes, (c) => c.notNull())
        .execute();
      await s.createIndex('vault_keys_run').on('vault_keys').column('run').execute();
      await policyAndAccess(db, int);
      await containAndGate(db, int);
      await s
        .createTable('runs')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('person', 'text', (c) => c.notNull())
        .addColumn('plugin', 'text', (c) => c.notNull())
        .addColumn('version', 'text', (c) => c.notNull())
        .addColumn('profile', 'text')
        .addColumn('session', 'text')
        .addColumn('started_at_ms', int, (c) => c.notNull())
        .execute();
      await s.createIndex('runs_who').on('runs').columns(['person', 'plugin', 'version', 'started_at_ms']).execute();
      await s
        .createTable('definitions')
        .addColumn('connection', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('digest', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('pinned_at_ms', int, (c) => c.notNull())
        .addColumn('pinned_by', 'text', (c) => c.notNull())
        .addColumn('changed_digest', 'text')
        .addColumn('changed_body', 'text')
        .addPrimaryKeyConstraint('definitions_pk', ['connection', 'kind', 'name'])
        .execute();
    },
  };
}

async function policyAndAccess(db: Kysely<unknown>, int: ColumnDataType): Promise<void> {
  const s = db.schema;
  await s
    .createTable('policies')
    .addColumn('digest', 'text', (c) => c.primaryKey())
    .addColumn('files', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('created_at_ms', int, (c) => c.notNull())
    .addColumn('by', 'text', (c) => c.notNull())
    .addColumn('note', 'text', (c) => c.notNull())
    .execute();
  await s
    .createTable('policy_pointer')
    .addColumn('id', int, (c) => c.primaryKey())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('previous', 'text')
    .addColumn('generation', int, (c) => c.notNull())
    .execute();
  await s
    .createTable('tokens')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('plugin', 'text', (c) => c.notNull())
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('connector', 'text', (c) => c.notNull())
    .addColumn('profile', 'text')
    .addColumn('audience', 'text', (c) => c.notNull())
    .addColumn('issued_by', 'text', (c) => c.notNull())
    .addColumn('created_at_ms', int, (c) => c.notNull())
    .addColumn('expires_at_ms', int, (c) => c.notNull())
    .addColumn('revoked_at_ms', int)
    .execute();
  await s
    .createTable('people')
    .addColumn('person', 'text', (c) => c.primaryKey())
    .addColumn('roles', 'text', (c) => c.notNull())
    .addColumn('code_hash', 'text', (c) => c.notNull())
    .addColumn('enrolled_at_ms', int, (c) => c.notNull())
    .addColumn('enrolled_by', 'text', (c) => c.notNull())
    .addColumn('failures', int, (c) => c.notNull())
    .addColumn('locked_until_ms', int, (c) => c.notNull())
    .execute();
}

async function containAndGate(db: Kysely<unknown>, int: ColumnDataType): Promise<void> {
  const s = db.schema;
  await s
    .createTable('latch')
    .addColumn('id', int, (c) => c.primaryKey())
    .addColumn('generation', int, (c) => c.notNull())
    .addColumn('changes', int, (c) => c.notNull())
    .execute();
  await sql`insert into latch (id, generation, changes) values (1, 0, 0)`.execute(db);
  await s
    .createTable('stops')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('scope', 'text', (c) => c.notNull())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('mode', 'text', (c) => c.notNull())
    .addColumn('by', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('engaged_at_ms', int, (c) => c.notNull())
    .addColumn('released_at_ms', int)
    .addColumn('released_by', 'text')
    .addColumn('release_reason', 'text')
    .execute();
  await s
    .createTable('tickets')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('dedupe', 'text', (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('plugin', 'text', (c) => c.notNull())
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('connector', 'text', (c) => c.notNull())
    .addColumn('tool', 'text', (c) => c.notNull())
    .addColumn('run', 'text', (c) => c.notNull())
    .addColumn('call', 'text', (c) => c.notNull())
    .addColumn('attempt', int, (c) => c.notNull())
    .addColumn('arguments', 'text', (c) => c.notNull())
    .addColumn('definition', 'text', (c) => c.notNull())
    .addColumn('policy', 'text', (c) => c.notNull())
    .addColumn('reach', int)
    .addColumn('rule', 'text', (c) => c.notNull())
    .addColumn('sentence', 'text', (c) => c.notNull())
    .addColumn('approvers', 'text', (c) => c.notNull())
    .addColumn('needs', int, (c) => c.notNull())
    .addColumn('decisions', 'text', (c) => c.notNull())
    .addColumn('decided_reason', 'text')
    .addColumn('created_at_ms', int, (c) => c.notNull())
    .addColumn('expires_at_ms', int, (c) => c.notNull())
    .addColumn('decided_at_ms', int).addColumn('executing_at_ms', int)
    .addColumn('finished_at_ms', int)
    .execute();
  await s.createIndex('tickets_dedupe').on('tickets').columns(['dedupe', 'created_at_ms']).execute();
  await s.createIndex('tickets_state').on('tickets').columns(['state', 'expires_at_ms']).execute();
}
