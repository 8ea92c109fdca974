import type { Database } from '../../storage/database.ts';
import type { PeopleTable } from '../../storage/tables.ts';
import { type Role, rolesOf } from './roles.ts';

/** A person with a credential, without the credential. */
export interface PersonView {
  readonly person: string;
  readonly roles: readonly Role[];
  readonly enrolledAtMs: number;
  readonly enrolledBy: string;
  readonly lockedUntilMs: number;
}

/** What may be asked of the people with a credential. */
export interface PeopleReader {
  /** The row of one person, its code hash included: for verification only. */
  row(person: string): Promise<PeopleTable | undefined>;
  list(): Promise<readonly PersonView[]>;
}

/** Opens the people with a credential for reading. */
export function readPeople({ read }: Database): PeopleReader {
  return {
    row: (person) => read.selectFrom('people').selectAll().where('person', '=', person).executeTakeFirst(),
    async list() {
      const rows = await read.selectFrom('people').selectAll().orderBy('enrolled_at_ms').orderBy('person').execute();
      return rows.map((row) => ({
        person: row.person,
        roles: rolesOf(row.roles),
        enrolledAtMs: row.enrolled_at_ms,
        enrolledBy: row.enrolled_by,
        lockedUntilMs: row.locked_until_ms,
      }));
    },
  };
}
