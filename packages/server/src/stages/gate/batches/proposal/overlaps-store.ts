import { sql } from 'kysely';
import { type BatchDatabase, unended } from './store.ts';

const shownMax = 20;

/** Records that a batch changes more than once. */
export interface Duplicates {
  readonly records: number;
  readonly changes: number;
  readonly examples: readonly (readonly number[])[];
}

/** Another batch that changes some of the same records. */
export interface Conflicting {
  readonly batch: string;
  readonly state: string;
  readonly person: string;
  readonly records: number;
  readonly examples: readonly number[];
}

/** Finds changes of one batch to the same record. */
export async function duplicatesOf({ read }: BatchDatabase, batch: string): Promise<Duplicates> {
  const twice = read
    .selectFrom('batch_changes')
    .select(({ fn }) => ['target', fn.countAll<number | string>().as('changes'), fn.min('n').as('first'), fn.max('n').as('last')])
    .where('batch', '=', batch)
    .where('state', '=', 'staged')
    .where('target', 'is not', null)
    .groupBy('target')
    .having(({ fn }) => fn.countAll(), '>', 1);
  const [all, some] = await Promise.all([
    read
      .selectFrom(twice.as('twice'))
      .select(({ fn }) => [fn.countAll<number | string>().as('records'), fn.sum<number | string | null>('changes').as('changes')])
      .executeTakeFirstOrThrow(),
    twice.orderBy('first').limit(shownMax).execute(),
  ]);
  return {
    records: Number(all.records),
    changes: Number(all.changes ?? 0),
    examples: some.map(({ first, last }) => [Number(first), Number(last)]),
  };
}

/** Finds other batches, not ended, that would change the same records. */
export async function conflictsOf({ read }: BatchDatabase, batch: string): Promise<readonly Conflicting[]> {
  const rows = await read
    .selectFrom('batch_changes as mine')
    .innerJoin('batch_changes as theirs', 'theirs.target', 'mine.target')
    .innerJoin('batches as other', 'other.id', 'theirs.batch')
    .select(({ fn }) => [
      'other.id as batch',
      'other.state as state',
      'other.person as person',
      sql<number | string>`count(distinct mine.target)`.as('records'),
      fn.min('mine.n').as('first'),
    ])
    .where('mine.batch', '=', batch)
    .where('mine.state', '=', 'staged')
    .where('mine.target', 'is not', null)
    .where('other.id', '!=', batch)
    .where('other.state', 'in', unended)
    .where('theirs.state', 'in', ['staged', 'running', 'unknown'])
    .groupBy(['other.id', 'other.state', 'other.person'])
    .orderBy('other.id')
    .limit(shownMax)
    .execute();
  return rows.map(({ batch: id, state, person, records, first }) => ({
    batch: id,
    state,
    person,
    records: Number(records),
    examples: [Number(first)],
  }));
}
