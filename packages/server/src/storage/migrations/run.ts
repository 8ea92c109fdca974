import { type Kysely, sql } from 'kysely';
import { UserError } from '../../kernel/errors.ts';
import type { Tables } from '../tables.ts';
import { type DatabaseKind, migrations } from './list.ts';

/**
 * Brings the schema up to this program's version. The caller holds a lock and an open transaction on the connection, so
 * that several processes starting together migrate once, and a migration that fails leaves nothing behind.
 */
export async function migrate(db: Kysely<Tables>, kind: DatabaseKind): Promise<void> {
  await sql`create table if not exists schema_versions (version integer primary key not null, name text not null)`.execute(db);
  const { rows } = await sql<{ version: number | null }>`select max(version) as version from schema_versions`.execute(db);
  const found = rows[0]?.version ?? 0;
  const known = migrations(kind);
  if (found > known.length) {
    throw new UserError(
      `This database has schema ${found}, written by a newer Trapkey; this one knows schemas up to ${known.length}`,
      'Run the newer Trapkey again, or restore a backup from before it was started.',
    );
  }
  for (const [index, { name, migration }] of known.entries()) {
    if (index < found) continue;
    await migration.up(db);
    await sql`insert into schema_versions (version, name) values (${index + 1}, ${name})`.execute(db);
  }
}
