import type { Tx } from '../../../../kernel/recorder.ts';
import { kyselyOf } from '../../../../storage/tx.ts';
import type { BatchDatabase, ChangeRow } from '../proposal/store.ts';

/** A mark of a person on a change. */
export interface Mark {
  readonly n: number;
  readonly mark: 'right' | 'wrong';
  readonly note: string | null;
  readonly by: string;
  readonly atMs: number;
}

/** Writes a mark where there is none; gives the change, or nothing when somebody else was first. */
export async function markChange(tx: Tx, batch: string, { n, mark, note, by, atMs }: Mark): Promise<ChangeRow | undefined> {
  return await kyselyOf(tx)
    .updateTable('batch_changes')
    .set({ mark, note, marked_by: by, marked_at_ms: atMs })
    .where('batch', '=', batch)
    .where('n', '=', n)
    .where('state', '=', 'staged')
    .where('mark', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** One change of a batch. */
export async function changeOf({ read }: BatchDatabase, batch: string, n: number): Promise<ChangeRow | undefined> {
  return await read.selectFrom('batch_changes').selectAll().where('batch', '=', batch).where('n', '=', n).executeTakeFirst();
}

/** What the marks of a batch say: of the draw, of what must be looked at besides, and of everything. */
export interface Marks {
  /** Drawn ones that are marked, and wrong. */
  readonly drawn: number;
  readonly drawnWrong: number;
  /** Everything marked wrong, drawn or not. */
  readonly wrong: number;
  /** What was wrong in an earlier submission and is not marked again yet. */
  readonly owed: number;
}

/** What the marks say of each tool in the batch: how many changes, of the draw marked, and wrong, drawn or not. */
export async function lotsIn(tx: Tx, batch: string) {
  const rows = await kyselyOf(tx)
    .selectFrom('batch_changes')
    .select(['connector', 'tool'])
    .select(({ fn, eb }) => [
      fn.countAll<number | string>().as('size'),
      fn
        .sum<number | string>(
          eb
            .case()
            .when(eb.and([eb('drawn', 'is not', null), eb('mark', 'is not', null)]))
            .then(1)
            .else(0)
            .end(),
        )
        .as('sampled'),
      fn.sum<number | string>(eb.case().when('mark', '=', 'wrong').then(1).else(0).end()).as('wrong'),
    ])
    .where('batch', '=', batch)
    .where('state', '!=', 'applied_before')
    .groupBy(['connector', 'tool'])
    .execute();
  return rows.map(({ connector, tool, size, sampled, wrong }) => ({
    ...{ connector, tool, size: Number(size), sampled: Number(sampled), wrong: Number(wrong) },
  }));
}

/** Who marked its draw, each once. */
export async function markersOf({ read }: BatchDatabase, batch: string): Promise<readonly string[]> {
  const rows = await read
    .selectFrom('batch_changes')
    .select('marked_by')
    .distinct()
    .where('batch', '=', batch)
    .where('drawn', 'is not', null)
    .where('mark', 'is not', null)
    .execute();
  return rows.flatMap(({ marked_by: by }) => by ?? []);
}

/** The same, as it is inside the transaction. */
export async function markersIn(tx: Tx, batch: string): Promise<readonly string[]> {
  return await markersOf({ read: kyselyOf(tx) }, batch);
}

/** Counts them as they are inside the transaction. */
export async function marksIn(tx: Tx, batch: string): Promise<Marks> {
  const counts = await kyselyOf(tx)
    .selectFrom('batch_changes')
    .select(({ fn }) => [fn.countAll<number | string>().as('changes'), 'mark', 'extra', fn.count<number | string>('drawn').as('drawn')])
    .where('batch', '=', batch)
    .where((eb) => eb.or([eb('mark', 'is not', null), eb('extra', '=', 'wrong_before')]))
    .groupBy(['mark', 'extra'])
    .execute();
  const sum = (of: 'changes' | 'drawn', fits: (row: (typeof counts)[number]) => boolean) =>
    counts.filter(fits).reduce((total, row) => total + Number(row[of]), 0);
  return {
    drawn: sum('drawn', ({ mark }) => mark !== null),
    drawnWrong: sum('drawn', ({ mark }) => mark === 'wrong'),
    wrong: sum('changes', ({ mark }) => mark === 'wrong'),
    owed: sum('changes', ({ mark, extra }) => mark === null && extra === 'wrong_before'),
  };
}
