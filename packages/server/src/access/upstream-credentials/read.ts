import type { GrantedScope } from '../../kernel/upstream-credentials.ts';
import type { Database } from '../../storage/database.ts';
import type { UpstreamGrantsTable } from '../../storage/tables.ts';

export type GrantRow = Readonly<UpstreamGrantsTable>;

const listMax = 10_000;

/** What may be asked of the stored grants. */
export interface GrantReader {
  /** The one open grant of a person at a connection. */
  open(connection: string, person: string): Promise<GrantRow | undefined>;
  list(scope: GrantedScope): Promise<readonly GrantRow[]>;
}

/** Opens them for reading. */
export function readUpstreamGrants({ read }: Pick<Database, 'read'>): GrantReader {
  const living = () => read.selectFrom('upstream_grants').selectAll().where('ended_at_ms', 'is', null);
  return {
    open: (connection, person) => living().where('connection', '=', connection).where('person', '=', person).executeTakeFirst(),
    list(scope) {
      let query = living();
      for (const key of ['id', 'vendor', 'connection', 'person'] as const)
        if (scope[key] !== undefined) query = query.where(key, '=', scope[key]);
      return query.orderBy('granted_at_ms').orderBy('id').limit(listMax).execute();
    },
  };
}
