import type { Database } from '../../storage/database.ts';
import type { TokensTable } from '../../storage/tables.ts';

/** A token as stored. */
export type TokenRow = Readonly<TokensTable>;

/** A token as its holder, an administrator and the gateway may see it: everything but the hash. */
export type TokenView = Omit<TokenRow, 'hash'>;

/** What may be asked of the stored tokens. */
export interface TokenReader {
  /** By the hash of what was presented. */
  byHash(hash: string): Promise<TokenRow | undefined>;
  byId(id: string): Promise<TokenView | undefined>;
  /** Hashes of what was revoked since, for the nodes that remember tokens. */
  revokedSince(sinceMs: number): Promise<readonly string[]>;
  /** Newest first; those of one person when `person` is given. */
  list(person?: string): Promise<readonly TokenView[]>;
}

const listMax = 10_000;

/** Opens the stored tokens for reading. */
export function readTokens({ read }: Database): TokenReader {
  return {
    byHash: (hash) => read.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst(),
    async byId(id) {
      const row = await read.selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst();
      return row && viewOf(row);
    },
    async revokedSince(sinceMs) {
      const rows = await read.selectFrom('tokens').select('hash').where('revoked_at_ms', '>=', sinceMs).execute();
      return rows.map((row) => row.hash);
    },
    async list(person) {
      const all = read.selectFrom('tokens').selectAll().orderBy('created_at_ms', 'desc').orderBy('id').limit(listMax);
      const rows = await (person === undefined ? all : all.where('person', '=', person)).execute();
      return rows.map(viewOf);
    },
  };
}

function viewOf({ hash: _, ...view }: TokenRow): TokenView {
  return view;
}
