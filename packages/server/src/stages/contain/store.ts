import type { Selectable } from 'kysely';
import type { NamedScope, StopScope, StopSnapshot, StopView } from '../../kernel/readers.ts';
import type { StepResult, Tx } from '../../kernel/recorder.ts';
import type { StopPast } from '../../kernel/stops.ts';
import type { Database } from '../../storage/database.ts';
import type { StopsTable } from '../../storage/tables.ts';
import { kyselyOf } from '../../storage/tx.ts';

/** What of the database the stops need. */
export type StopDatabase = Pick<Database, 'read'>;

/** A release as it is written. */
export interface Releasing {
  readonly ids: readonly string[];
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
}

/** Where stops are kept; every write moves the latch in the same transaction. */
export interface StopStore {
  snapshot(): Promise<StopSnapshot>;
  /** Stops of one act, with holds on the records of their scopes. */
  insert(tx: Tx, stops: readonly StopView[], tokensRevoked: number): Promise<StepResult>;
  /** Releases those of them that are still engaged, and what their acts engaged too; gives none when nothing was. */
  release(tx: Tx, releasing: Releasing): Promise<{ readonly released: readonly StopView[] }>;
  history(max: number): Promise<readonly StopPast[]>;
  /** The stop and those of the same act. */
  act(id: string): Promise<readonly StopPast[]>;
}

/** The stops of one database. */
export function stopStore(database: StopDatabase): StopStore {
  const all = database.read.selectFrom('stops').selectAll();
  return {
    snapshot: () => readSnapshot(database),
    async insert(tx, stops, tokensRevoked) {
      const rows = stops.map((stop, at) => rowOf(stop, at === 0 ? tokensRevoked : 0));
      await kyselyOf(tx).insertInto('stops').values(rows).execute();
      const holds = rows.map(({ id, scope, target, by, reason, engaged_at_ms }) => {
        return {
          id: `H${id.slice(1)}`,
          stop: id,
          scope,
          target,
          by,
          reason,
          held_at_ms: engaged_at_ms,
          lifted_at_ms: null,
          lifted_by: null,
        };
      });
      await kyselyOf(tx).insertInto('holds').values(holds).execute();
      await moveLatch(tx);
      return { ok: true };
    },
    async release(tx, { ids, by, reason, atMs }) {
      if (ids.length === 0) return { released: [] };
      const rows = await kyselyOf(tx)
        .updateTable('stops')
        .set({ released_at_ms: atMs, released_by: by, release_reason: reason })
        .where('released_at_ms', 'is', null)
        .where((eb) => eb.or([eb('id', 'in', ids), eb('act', 'in', ids)]))
        .returningAll()
        .execute();
      if (rows.length === 0) return { released: [] };
      const lifted = rows.map(({ id }) => id);
      await kyselyOf(tx)
        .updateTable('holds')
        .set({ lifted_at_ms: atMs, lifted_by: by })
        .where('stop', 'in', lifted)
        .where('lifted_at_ms', 'is', null)
        .execute();
      await moveLatch(tx);
      return { released: rows.map(viewOf) };
    },
    history: async (max) => (await all.orderBy('engaged_at_ms', 'desc').orderBy('id').limit(max).execute()).map(pastOf),
    act: async (id) =>
      (
        await all
          .where((eb) => eb.or([eb('id', '=', id), eb('act', '=', id)]))
          .orderBy('id')
          .execute()
      ).map(pastOf),
  };
}

function rowOf(stop: StopView, tokensRevoked: number): Selectable<StopsTable> {
  const { id, mode, by, reason, atMs, untilMs = null, act = null } = stop;
  const ended = { released_at_ms: null, released_by: null, release_reason: null };
  return {
    id,
    ...columnsOf(stop.scope),
    mode,
    by,
    reason,
    engaged_at_ms: atMs,
    until_ms: untilMs,
    act,
    tokens_revoked: tokensRevoked,
    ...ended,
  };
}

/** One statement, so that generation and stops belong together on both databases. */
async function readSnapshot(database: StopDatabase): Promise<StopSnapshot> {
  const rows = await database.read
    .selectFrom('latch')
    .leftJoin('stops', (join) => join.onTrue().on('stops.released_at_ms', 'is', null))
    .where('latch.id', '=', 1)
    .selectAll('stops')
    .select('latch.generation')
    .orderBy('stops.engaged_at_ms')
    .orderBy('stops.id')
    .execute();
  const generation = rows[0]?.generation;
  if (generation === undefined) throw new Error('the latch has no row');
  const engaged = rows.filter((row) => row.id !== null) as unknown as readonly StopsTable[];
  return { generation, stops: engaged.map(viewOf), unreadable: false };
}

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

function viewOf(row: StopsTable): StopView {
  return {
    id: row.id,
    scope: scopeOf(row),
    mode: row.mode === 'freeze' ? 'freeze' : 'full',
    by: row.by,
    reason: row.reason,
    atMs: row.engaged_at_ms,
    ...(row.until_ms !== null && { untilMs: row.until_ms }),
    ...(row.act !== null && { act: row.act }),
  };
}

function pastOf(row: StopsTable): StopPast {
  const { released_at_ms: atMs, released_by: by, release_reason: reason, tokens_revoked } = row;
  const released = atMs === null ? undefined : { atMs, by: by ?? '', reason: reason ?? '' };
  return { ...viewOf(row), released, tokensRevoked: tokens_revoked ?? 0 };
}

const named: readonly string[] = [
  'plugin',
  'release',
  'connector',
  'credential',
  'tool',
  'effect',
  'person',
  'agent',
] satisfies NamedScope[];

/** A scope that this build does not know (a newer one wrote it) covers everything: a stop is never read as less. */
function scopeOf(row: Pick<StopsTable, 'scope' | 'target'>): StopScope {
  if (named.includes(row.scope)) return { kind: row.scope as NamedScope, id: row.target };
  if (row.scope !== 'run') return { kind: 'everything' };
  try {
    const [id, person, release] = JSON.parse(row.target) as readonly unknown[];
    if (typeof id === 'string' && typeof person === 'string' && typeof release === 'string') return { kind: 'run', id, person, release };
  } catch {
    // As unknown as a newer scope.
  }
  return { kind: 'everything' };
}
