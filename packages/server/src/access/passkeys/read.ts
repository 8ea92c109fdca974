import type { Database } from '../../storage/database.ts';
import type { PasskeysTable } from '../../storage/tables.ts';

/** A passkey as stored: a public key and nothing secret. */
export type PasskeyRow = Readonly<PasskeysTable>;

/** What may be asked of the stored passkeys. */
export interface PasskeyReader {
  of(person: string): Promise<readonly PasskeyRow[]>;
  one(id: string, person: string): Promise<PasskeyRow | undefined>;
}

/** Opens them. */
export function readPasskeys({ read }: Pick<Database, 'read'>): PasskeyReader {
  return {
    of: (person) => read.selectFrom('passkeys').selectAll().where('person', '=', person).orderBy('created_at_ms').limit(50).execute(),
    one: (id, person) => read.selectFrom('passkeys').selectAll().where('id', '=', id).where('person', '=', person).executeTakeFirst(),
  };
}
