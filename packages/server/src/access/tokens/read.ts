import type { TokenView } from '../../kernel/tokens.ts';
import type { Database } from '../../storage/database.ts';
import type { TokensTable } from '../../storage/tables.ts';

/** A token as stored. */
export type TokenRow = Readonly<TokensTable>;

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
export function readTokens({ read }: Pick<Database, 'read'>): TokenReader {
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

function viewOf(row: TokenRow): TokenView {
  return {
    id: row.id,
    person: row.person,
    plugin: row.plugin,
    version: row.version,
    connector: row.connector,
    profile: row.profile ?? undefined,
    audience: row.audience,
    issuedBy: row.issued_by,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    revokedAtMs: row.revoked_at_ms ?? undefined,
  };
}
