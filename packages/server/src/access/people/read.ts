import { type PersonView, type Role, roles } from '../../kernel/people.ts';
import type { Database } from '../../storage/database.ts';
import type { PeopleTable } from '../../storage/tables.ts';

/** The database as access reads it. */
export type AccessDatabase = Pick<Database, 'read'>;

/** What may be asked of the people with a credential. */
export interface PeopleReader {
  /** The row of one person, its code hash included: for verification only. */
  row(person: string): Promise<PeopleTable | undefined>;
  list(): Promise<readonly PersonView[]>;
}

/** Opens the people with a credential for reading. */
export function readPeople({ read }: AccessDatabase): PeopleReader {
  return {
    row: (person) => read.selectFrom('people').selectAll().where('person', '=', person).executeTakeFirst(),
    async list() {
      const rows = await read.selectFrom('people').selectAll().orderBy('enrolled_at_ms').orderBy('person').execute();
      return rows.map((row) => ({
        person: row.person,
        roles: rolesOf(row.roles),
        enrolledAtMs: row.enrolled_at_ms,
        enrolledBy: row.enrolled_by,
        failures: row.failures,
      }));
    },
  };
}

/** Reads roles as stored; a word that is none gives nothing. */
export function rolesOf(stored: string): readonly Role[] {
  return stored.split(' ').filter(isRole);
}

/** Whether a word is a role. */
export function isRole(word: string): word is Role {
  return Object.hasOwn(roles, word);
}
