import type { StopScope, StopSnapshot, StopView } from '../../kernel/readers.ts';
import type { StepResult, Tx } from '../../kernel/recorder.ts';
import type { StopTarget } from '../../kernel/stops.ts';
import type { Database } from '../../storage/database.ts';
import type { StopsTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';
import { scopeText } from './covers.ts';

/** What of the database the stops need. */
export type StopDatabase = Pick<Database, 'read'>;

/** Where stops are kept; every write moves the latch in the same transaction. */
export interface StopStore {
  snapshot(): Promise<StopSnapshot>;
  insert(tx: Tx, stop: StopView): Promise<StepResult>;
  /** Releases what is engaged under an id or a scope; gives none when nothing is. */
  release(tx: Tx, stop: string | StopTarget, by: string, reason: string, atMs: number): Promise<{ readonly released: readonly StopView[] }>;
}

/** The stops of one database. */
export function stopStore(database: StopDatabase): StopStore {
  return {
    snapshot: () => readSnapshot(database),
    async insert(tx, stop) {
      await kyselyOf(tx)
        .insertInto('stops')
        .values({
          id: stop.id,
          ...columnsOf(stop.scope),
          mode: stop.mode,
          by: stop.by,
          reason: stop.reason,
          engaged_at_ms: stop.atMs,
          released_at_ms: null,
          released_by: null,
          release_reason: null,
        })
        .execute();
      await moveLatch(tx);
      return { ok: true };
    },
    async release(tx, stop, by, reason, atMs) {
      const update = kyselyOf(tx)
        .updateTable('stops')
        .set({ released_at_ms: atMs, released_by: by, release_reason: reason })
        .where('released_at_ms', 'is', null);
      const ids = await engagedUnder(tx, stop);
      const rows = ids.length === 0 ? [] : await update.where('id', 'in', ids).returningAll().execute();
      if (rows.length > 0) await moveLatch(tx);
      return { released: rows.map(viewOf) };
    },
  };
}

async function engagedUnder(tx: Tx, stop: string | StopTarget): Promise<readonly string[]> {
  const rows = await kyselyOf(tx).selectFrom('stops').selectAll().where('released_at_ms', 'is', null).execute();
  const wanted = typeof stop === 'string' ? stop : scopeText(stop);
  return rows.filter((row) => (typeof stop === 'string' ? row.id : scopeText(viewOf(row).scope)) === wanted).map(({ id }) => id);
}

/** One statement, so that generation and stops belong together on both databases. */
async function readSnapshot(database: StopDatabase): Promise<StopSnapshot> {
  const rows = await database.read
    .selectFrom('latch')
    .leftJoin('stops', (join) => join.onTrue().on('stops.released_at_ms', 'is', null))
    .where('latch.id', '=', 1)
    .select([
      'latch.generation',
      'stops.id',
      'stops.scope',
      'stops.target',
      'stops.mode',
      'stops.by',
      'stops.reason',
      'stops.engaged_at_ms',
    ])
    .execute();
  const generation = rows[0]?.generation;
  if (generation === undefined) throw new Error('the latch has no row');
  const engaged = rows.filter((row): row is typeof row & EngagedColumns => row.id !== null);
  return { generation, stops: engaged.map(viewOf), unreadable: false };
}

type EngagedColumns = Pick<StopsTable, 'id' | 'scope' | 'target' | 'mode' | 'by' | 'reason' | 'engaged_at_ms'>;

/** Taken by every stop and release, and looked at under a lock by every `decided: allow`. */
async function moveLatch(tx: Tx): Promise<void> {
  const moved = await kyselyOf(tx)
    .updateTable('latch')
    .set((eb) => ({ generation: eb('generation', '+', 1) }))
    .where('id', '=', 1)
    .returning('generation')
    .executeTakeFirst();
  if (!moved) throw new Error('the latch has no row');
}

function columnsOf(scope: StopScope): { readonly scope: string; readonly target: string } {
  if (scope.kind === 'everything') return { scope: 'everything', target: '' };
  return { scope: scope.kind, target: scope.kind === 'run' ? JSON.stringify([scope.id, scope.person, scope.release]) : scope.id };
}

function viewOf(row: EngagedColumns): StopView {
  const scope = scopeOf(row);
  return { id: row.id, scope, mode: row.mode === 'freeze' ? 'freeze' : 'full', by: row.by, reason: row.reason, atMs: row.engaged_at_ms };
}

/** A scope that this build does not know (a newer one wrote it) covers everything: a stop is never read as less. */
function scopeOf(row: EngagedColumns): StopScope {
  if (row.scope === 'connector') return { kind: 'connector', id: row.target };
  if (row.scope !== 'run') return { kind: 'everything' };
  try {
    const [id, person, release] = JSON.parse(row.target) as readonly unknown[];
    if (typeof id === 'string' && typeof person === 'string' && typeof release === 'string') return { kind: 'run', id, person, release };
  } catch {
    // As unknown as a newer scope.
  }
  return { kind: 'everything' };
}
