import type { UndoCounts, UndoFilter, UndoItemState, UndoScope, UndoState } from '../../../kernel/undo.ts';
import type { Database } from '../../../storage/database.ts';
import type { MadeChangesTable } from '../../../storage/tables.ts';
import type { ItemRow } from './items-store.ts';
import { goingStates, hasWork, type UndoRow } from './store.ts';

/** What of the database undos need. */
export type UndoDatabase = Pick<Database, 'read'>;
/** A change that was made, as stored. */
export type MadeRow = Readonly<MadeChangesTable>;

/** States in which an undo still may do something. */
const openUndoStates = ['looking', 'looked', 'undoing', 'paused'] as const satisfies readonly UndoState[];

/** Questions about undos and what they take back. */
export interface UndoReads {
  byId(id: string): Promise<UndoRow | undefined>;
  list(filter: UndoFilter): Promise<readonly UndoRow[]>;
  counts(ids: readonly string[]): Promise<ReadonlyMap<string, UndoCounts>>;
  items(undo: string, states: readonly UndoItemState[] | 'all', after: number, max: number): Promise<readonly ItemRow[]>;
  item(undo: string, n: number): Promise<ItemRow | undefined>;
  /** Those that have work and whose lease, if any, is over or is this process's. */
  due(claim: string, nowMs: number, leaseMs: number): Promise<readonly UndoRow[]>;
  made(calls: readonly string[]): Promise<ReadonlyMap<string, MadeRow>>;
  /** Of each record, the newer change that stands next before a place: what older ones find. */
  newerOf(undo: string, targets: readonly string[], n: number): Promise<ReadonlyMap<string, ItemRow>>;
  /** Of which release a scope is; undefined when there is nothing of that name. */
  releaseOf(scope: UndoScope): Promise<{ readonly plugin: string; readonly version: string } | undefined>;
}

/** Opens the undos of one database for reading. */
export function readUndos({ read }: UndoDatabase): UndoReads {
  const undos = () => read.selectFrom('undos').selectAll();
  const items = () => read.selectFrom('undo_items').selectAll();
  return {
    byId: (id) => undos().where('id', '=', id).executeTakeFirst(),
    async list({ state, max, after }) {
      let query = undos().orderBy('asked_at_ms', 'desc').orderBy('id', 'desc').limit(max);
      if (state !== 'all') query = query.where('state', 'in', state === 'open' ? openUndoStates : [state]);
      if (after)
        query = query.where((eb) =>
          eb.or([eb('asked_at_ms', '<', after.askedAtMs), eb.and([eb('asked_at_ms', '=', after.askedAtMs), eb('id', '<', after.id)])]),
        );
      return await query.execute();
    },
    async counts(ids) {
      if (ids.length === 0) return new Map();
      const rows = await read
        .selectFrom('undo_items')
        .select((eb) => ['undo', 'state', eb.fn.countAll<number>().as('many')])
        .where('undo', 'in', ids)
        .groupBy(['undo', 'state'])
        .execute();
      const byUndo = Map.groupBy(rows, ({ undo }) => undo);
      return new Map([...byUndo].map(([id, of]) => [id, countsOf(of)]));
    },
    items(undo, states, after, max) {
      const query = items().where('undo', '=', undo).where('n', '>', after).orderBy('n').limit(max);
      return (states === 'all' ? query : query.where('state', 'in', states)).execute();
    },
    item: (undo, n) => items().where('undo', '=', undo).where('n', '=', n).executeTakeFirst(),
    due: (claim, nowMs, leaseMs) =>
      undos()
        .where(hasWork)
        // What this process left running in one that waits or was ended, it looks at again when its lease is over.
        .where((eb) =>
          eb.or([
            eb('claimed_by', 'is', null),
            eb('claimed_at_ms', '<=', nowMs - leaseMs),
            eb.and([eb('claimed_by', '=', claim), eb('state', 'in', goingStates)]),
          ]),
        )
        .orderBy('asked_at_ms')
        .limit(100)
        .execute(),
    made: (calls) => madeOf({ read }, calls),
    newerOf: (undo, targets, n) => newerOf({ read }, undo, targets, n),
    releaseOf: (scope) => releaseOf({ read }, scope),
  };
}

async function madeOf({ read }: UndoDatabase, calls: readonly string[]): ReturnType<UndoReads['made']> {
  if (calls.length === 0) return new Map();
  const rows = await read
    .selectFrom('made_changes')
    .leftJoin('batch_changes', (join) =>
      join
        .onRef('batch_changes.batch', '=', 'made_changes.batch')
        .onRef('batch_changes.n', '=', 'made_changes.n')
        // Of one that was sent twice, what is known is known of the last time.
        .onRef('batch_changes.ran', '=', 'made_changes.call'),
    )
    .selectAll('made_changes')
    .select('batch_changes.state as settled')
    .where('made_changes.call', 'in', calls)
    .execute();
  // Of what nobody knew when it was made, somebody may have said since that it was.
  return new Map(
    rows.map(({ settled, ...row }) => [row.call, row.state === 'unknown' && settled === 'done' ? { ...row, state: 'done' } : row]),
  );
}

async function newerOf({ read }: UndoDatabase, undo: string, targets: readonly string[], n: number): ReturnType<UndoReads['newerOf']> {
  if (targets.length === 0) return new Map();
  const next = read
    .selectFrom('undo_items')
    .select((eb) => eb.fn.max('n').as('n'))
    .where('undo', '=', undo)
    .where('target', 'in', targets)
    .where('n', '<', n)
    .groupBy('target');
  const rows = await read.selectFrom('undo_items').selectAll().where('undo', '=', undo).where('n', 'in', next).execute();
  return new Map(rows.flatMap((row) => (row.target === null ? [] : [[row.target, row] as const])));
}

async function releaseOf({ read }: UndoDatabase, scope: UndoScope) {
  const release = ['plugin', 'version'] as const;
  switch (scope.kind) {
    case 'call': {
      const made = await read.selectFrom('made_changes').select(release).where('call', '=', scope.id).executeTakeFirst();
      if (made) return made;
      return await read
        .selectFrom('batch_changes')
        .innerJoin('made_changes', 'made_changes.call', 'batch_changes.ran')
        .select(['made_changes.plugin', 'made_changes.version'])
        .where('batch_changes.call', '=', scope.id)
        .executeTakeFirst();
    }
    case 'batch':
      return await read.selectFrom('batches').select(release).where('id', '=', scope.id).executeTakeFirst();
    case 'run':
      return await read.selectFrom('runs').select(release).where('id', '=', scope.id).executeTakeFirst();
    case 'release': {
      const [, plugin, version] = /^([^@]+)@(.+)$/.exec(scope.id) ?? [];
      if (plugin === undefined || version === undefined) return undefined;
      return { plugin, version };
    }
  }
}

function countsOf(rows: readonly { readonly state: string; readonly many: number }[]): UndoCounts {
  return Object.fromEntries(rows.map(({ state, many }) => [state, Number(many)]));
}
