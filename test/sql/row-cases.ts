import type { RowCondition } from '@trapkey/contract/rows.ts';
import type { TableBounds } from '@trapkey/contract/tables.ts';
import type { UpstreamReply } from '@trapkey/contract/upstream.ts';
import { expect, it } from 'vitest';
import { type Opened, rowsOf } from './house.ts';

export const region = (value: string): RowCondition => ({ column: 'region', is: '=', value });

/** Asks as somebody who may have some rows only. */
export type AskAs = (
  rows: RowCondition | 'in words only',
  sql: string,
  tool?: string,
  more?: Partial<TableBounds>,
) => Promise<UpstreamReply>;

/** The same of a connector that is open by then. */
export function asking(opened: () => Opened, bounds: TableBounds): AskAs {
  const reader = { person: 'ann@corp.example', groups: [], region: 'EMEA' };
  return async (rows, sql, tool = 'query', more = {}) =>
    await opened().ask(tool, tool === 'sample' ? { table: sql } : { sql }, { ...bounds, ...more }, AbortSignal.timeout(30_000), {
      ...reader,
      rows,
    });
}

/** What a rule lets through of people 1 (EMEA), 2 (APAC), 3 (EMEA) and 4 (nowhere), whichever database has them. */
const alike: readonly (readonly [string, RowCondition, unknown])[] = [
  ['several', { column: 'region', in: ['EMEA', 'APAC'] }, [1, 2, 3]],
  ['none', { column: 'region', in: [] }, []],
  ['never', { any: [] }, []],
  ['all of', { all: [region('EMEA'), { column: 'id', is: '>', value: 1 }] }, [3]],
  ['not', { not: region('EMEA') }, [2]],
  ['a column that is not there', { any: [region('APAC'), { column: 'team', is: '=', value: 'x' }] }, [2]],
  ['not a column that is not there', { not: { all: [region('APAC'), { column: 'team', is: '=', value: 'x' }] } }, [1, 3]],
  ['a fraction', { column: 'id', is: '<=', value: 1.5 }, [1]],
  ['a negative number', { column: 'id', is: '<', value: -1 }, []],
  ['a column in quotes', { any: [region('APAC'), { column: 'id" is not null or "id', is: '=', value: 1 }] }, [2]],
  ['a denied column', { column: 'ssn', is: '=', value: 'x' }, 'not_enforceable'],
];

/** The tests that are the same over every database; `own` are what one of them compares otherwise. */
export function heldAlike(askAs: AskAs, own: typeof alike): void {
  it.each([...alike, ...own])('compares: %s', async (_, rows, expected) => {
    const got = rowsOf(await askAs(rows, 'select id from people order by id'));
    expect(Array.isArray(got) ? got.map(({ id }: { id: number }) => id) : got).toEqual(expected);
  });

  it('refuses what it cannot hold: rules in words only, and changes', async () => {
    expect(rowsOf(await askAs('in words only', 'select 1'))).toBe('not_enforceable');
    const change = await askAs(region('EMEA'), 'update orders set amount = 0', 'count_changes', { access: 'read-write' });
    expect(rowsOf(change)).toBe('not_enforceable');
  });

  it('also holds for a sample, and describing reads no rows', async () => {
    expect(rowsOf(await askAs(region('APAC'), 'people', 'sample'))).toEqual([{ id: 2, name: 'OTHER-Bob', region: 'APAC' }]);
    expect(await askAs(region('APAC'), '', 'describe')).toMatchObject({ kind: 'result', rowsApplied: true });
  });
}
