import type { BatchChangesTable, BatchesTable, TicketsTable } from '../../../storage/tables.ts';
import type { StopDatabase } from '../store.ts';

const rowsMax = 20_000;
const recentMs = 8 * 3_600_000;

/** A run of the last hours, or a token that is live: who uses which release. */
export interface Use {
  readonly person: string;
  readonly plugin: string;
  readonly version: string;
}

/** One kind of change of a batch. */
export type BatchKind = Pick<BatchesTable, 'id' | 'person' | 'plugin' | 'version' | 'run'> &
  Pick<BatchChangesTable, 'connector' | 'tool' | 'effect'>;

/** What is under way, for a preview. */
export interface UnderWay {
  readonly runs: readonly (Use & { readonly id: string })[];
  readonly tokens: readonly (Use & { readonly connector: string })[];
  readonly tickets: readonly Pick<
    TicketsTable,
    'id' | 'person' | 'plugin' | 'version' | 'connector' | 'tool' | 'run' | 'effect' | 'created_at_ms'
  >[];
  /** Each kind of change of each batch that has not ended. */
  readonly batches: readonly BatchKind[];
}

/** Reads it in four queries. */
export async function underWay({ read }: StopDatabase, nowMs: number): Promise<UnderWay> {
  const [runs, tokens, tickets, batches] = await Promise.all([
    read
      .selectFrom('runs')
      .select(['id', 'person', 'plugin', 'version'])
      .where('started_at_ms', '>', nowMs - recentMs)
      .orderBy('started_at_ms', 'desc')
      .limit(rowsMax)
      .execute(),
    read
      .selectFrom('tokens')
      .select(['person', 'plugin', 'version', 'connector'])
      .where('revoked_at_ms', 'is', null)
      .where('expires_at_ms', '>', nowMs)
      .limit(rowsMax)
      .execute(),
    read
      .selectFrom('tickets')
      .select(['id', 'person', 'plugin', 'version', 'connector', 'tool', 'run', 'effect', 'created_at_ms'])
      .where('state', 'in', ['held', 'approved'])
      .where('expires_at_ms', '>', nowMs)
      .limit(rowsMax)
      .execute(),
    read
      .selectFrom('batches as b')
      .innerJoin('batch_changes as c', 'c.batch', 'b.id')
      .select(['b.id', 'b.person', 'b.plugin', 'b.version', 'b.run', 'c.connector', 'c.tool', 'c.effect'])
      .distinct()
      .where('b.state', 'in', ['open', 'proposed', 'returned', 'ready', 'applying', 'paused'])
      .limit(rowsMax)
      .execute(),
  ]);
  return { runs, tokens, tickets, batches };
}

/** Whether anybody of that name ever had a token or a run. */
export async function isKnownPerson({ read }: StopDatabase, person: string): Promise<boolean> {
  const [token, run] = await Promise.all([
    read
      .selectFrom('tokens')
      .select('id')
      .where((eb) => eb(eb.fn<string>('lower', ['person']), '=', person))
      .executeTakeFirst(),
    read
      .selectFrom('runs')
      .select('id')
      .where((eb) => eb(eb.fn<string>('lower', ['person']), '=', person))
      .executeTakeFirst(),
  ]);
  return token !== undefined || run !== undefined;
}
