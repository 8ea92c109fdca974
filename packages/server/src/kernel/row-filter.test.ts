import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keepRows } from './row-filter.ts';

const emea = (row: JsonObject) => row['region'] === 'EMEA';
const ours = { id: 1, region: 'EMEA', tags: [], parts: [{ x: 1 }] };
const theirs = { id: 2, region: 'APAC', note: 'secret' };

it.each<[Json, Json | undefined, number]>([
  [[ours, theirs], [ours], 1],
  [
    { rows: [ours, theirs], next_cursor: 'c', has_more: true, total: 2, title: 'secret sums', sum: 9 },
    { rows: [ours], next_cursor: 'c', has_more: true, total: 1 },
    1,
  ],
  [{ data: { items: [theirs] } }, { data: { items: [] } }, 1],
  [theirs, undefined, 1],
  [{ region: 'EMEA', name: 'one row' }, { region: 'EMEA', name: 'one row' }, 0],
  // What echoes the question around the rows is no row itself.
  [{ region: 'EMEA', results: [theirs] }, { results: [] }, 1],
  [['secret', 7, ours], [ours], 2],
  ['secret', undefined, 1],
  [[[theirs], [ours]], [[], [ours]], 1],
  [{ results: [], secret: 'x' }, { results: [] }, 0],
])('%j', (value, kept, left) => expect(keepRows(value, emea)).toEqual({ value: kept, left }));

it('lets no row through that the rule keeps back, however deep it stands', () => {
  const leaf = fc.oneof(fc.constant(theirs as Json), fc.constant(ours as Json), fc.constant('secret'), fc.integer({ min: 10 }));
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.record({ rows: fc.array(tie('tree'), { maxLength: 4 }), inner: tie('tree'), label: fc.constant('secret') }) as fc.Arbitrary<Json>,
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(JSON.stringify(keepRows(value, emea).value ?? null)).not.toMatch(/secret|APAC/);
    }),
  );
});
