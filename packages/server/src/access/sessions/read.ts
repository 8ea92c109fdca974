import type { Database } from '../../storage/database.ts';
import type { SessionsTable } from '../../storage/tables.ts';
import { rolesOf } from '../people/read.ts';

/** A session as stored. */
export type SessionRow = Readonly<SessionsTable>;

const listMax = 200;

/** What may be asked of the stored sessions. */
export interface SessionReader {
  byHash(hash: string): Promise<SessionRow | undefined>;
  byHashes(hashes: readonly string[]): Promise<readonly SessionRow[]>;
  /** By the beginning of its hash, which is its public id. */
  named(start: string): Promise<SessionRow | undefined>;
  /** Those that are not over at this moment, newest first. */
  open(person: string | undefined, atMs: number): Promise<readonly SessionRow[]>;
  /** Roles that these names of one person are enrolled with. */
  enrolledRoles(names: readonly string[]): Promise<readonly string[]>;
  /** The same by name, of many people at once. */
  enrolled(names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** Opens them. */
export function readSessions({ read }: Pick<Database, 'read'>): SessionReader {
  return {
    byHash: (hash) => read.selectFrom('sessions').selectAll().where('hash', '=', hash).executeTakeFirst(),
    byHashes: async (hashes) =>
      hashes.length === 0 ? [] : await read.selectFrom('sessions').selectAll().where('hash', 'in', hashes).execute(),
    async named(start) {
      if (!/^[0-9a-f]{16}$/.test(start)) return undefined;
      const rows = read.selectFrom('sessions').selectAll().where('hash', '>=', start).where('hash', '<', `${start}g`);
      return await rows.limit(1).executeTakeFirst();
    },
    async open(person, atMs) {
      let query = read.selectFrom('sessions').selectAll().where('revoked_at_ms', 'is', null).where('expires_at_ms', '>', atMs);
      if (person !== undefined) query = query.where('person', '=', person);
      return await query.orderBy('created_at_ms', 'desc').orderBy('hash').limit(listMax).execute();
    },
    async enrolledRoles(names) {
      const rows = await read.selectFrom('people').select('roles').where('person', 'in', names).execute();
      return rows.flatMap((row) => rolesOf(row.roles));
    },
    async enrolled(names) {
      if (names.length === 0) return new Map();
      const rows = await read.selectFrom('people').select(['person', 'roles']).where('person', 'in', names).execute();
      return new Map(rows.map((row) => [row.person, rolesOf(row.roles)]));
    },
  };
}
