import type { Database } from '../../storage/database.ts';

/** Whom a link that still works would sign in. */
export async function personOfLink({ read }: Pick<Database, 'read'>, hash: string, atMs: number): Promise<string | undefined> {
  const row = await read
    .selectFrom('sign_in_links')
    .select('person')
    .where('hash', '=', hash)
    .where('used_at_ms', 'is', null)
    .where('expires_at_ms', '>', atMs)
    .executeTakeFirst();
  return row?.person;
}
