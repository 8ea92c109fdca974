import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendLeaves, emptyTree, leafHash, rootOf } from '../../../../kernel/merkle.ts';
import { draw } from '../../sampling/draw.ts';
import { diffOf } from './projection.ts';
import { rootOfChanges } from './root.ts';
import { totalling } from './totals.ts';

describe('what is proposed', () => {
  const digest = fc.stringMatching(/^[0-9a-f]{64}$/);

  it('has a root that is of the changes and of no order, and so has the draw', () => {
    fc.assert(
      fc.property(
        fc.array(digest, { minLength: 1, maxLength: 40 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.gen(),
        (digests, seed, gen) => {
          const shuffled = gen(fc.shuffledSubarray, digests, { minLength: digests.length, maxLength: digests.length });
          const root = rootOfChanges(digests);
          expect(rootOfChanges(shuffled)).toBe(root);
          const of = (all: readonly string[]) => draw({ seed, root, digests: all, size: 5 }).map((one) => one.digest);
          expect(of(shuffled)).toEqual(of(digests));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('has the root of an RFC 6962 tree over the sorted digests, also past what is hashed at once', () => {
    const digests = Array.from({ length: 5_000 }, (_, at) => String((at * 7_919) % 5_000).padStart(64, '0'));
    const plain = rootOf(
      appendLeaves(
        emptyTree(),
        digests.toSorted().map((one) => leafHash(one)),
      ),
    );
    expect(rootOfChanges(digests)).toBe(`sha256:${Buffer.from(plain).toString('hex')}`);
    expect(rootOfChanges([...digests.slice(1), 'f'.repeat(64)])).not.toBe(rootOfChanges(digests));
  });

  it('tells a change by what differs from what would put the record back', () => {
    expect(diffOf({ id: '1', tier: 'A' }, { id: '1', tier: 'B' })).toEqual({
      fields: [{ field: 'tier', from: 'B', to: 'A' }],
      record: { id: '1' },
    });
    expect(diffOf({ id: '1', tags: ['b', 'a'] }, { id: '1', tags: ['a', 'b'] }).fields).toEqual([
      { field: 'tags', from: ['a', 'b'], to: ['b', 'a'] },
    ]);
    expect(diffOf({ o: { b: 1, a: 2 } }, { o: { a: 2, b: 1 } }).fields).toEqual([]);
    expect(diffOf({ id: '1' }, { id: '1', note: 'x' }).fields).toEqual([{ field: 'note', from: 'x' }]);
    expect(diffOf({ id: '1' }, undefined)).toEqual({ fields: [{ field: 'id', to: '1' }], record: {} });
    expect(diffOf({ ['__proto__']: 1 } as never, { id: '1' } as never).fields.map(({ field }) => field)).toContain('id');
  });

  it('counts with bounded memory, and counts what it does not keep', () => {
    const totals = totalling();
    for (let n = 1; n <= 5_000; n++)
      totals.add({
        ...{
          n,
          tool: 'crm.note',
          effect: n % 2 ? 'write' : 'send',
          reach: n === 7 ? null : 2,
          destinations: [`d${n}.example`],
          lists: n < 60 ? ['dnc'] : [],
        },
        fields: [
          { field: 'text', to: `text ${n}` },
          { field: 'kind', from: 'a', to: n <= 4_000 ? 'b' : 'c' },
        ],
      });
    const { reach, destinations, fields, lists } = totals.done();
    expect(reach).toEqual({ records: 4_998, people: 5_000, unknown: 1 });
    expect(destinations).toHaveLength(50);
    expect(fields.map(({ field, values, rest, kinds }) => [field, values.length, rest, kinds])).toEqual([
      ['text', 10, 4_990, 1_000],
      ['kind', 2, 0, 2],
    ]);
    expect(fields[1]?.values).toEqual([
      { from: 'a', to: 'b', count: 4_000 },
      { from: 'a', to: 'c', count: 1_000 },
    ]);
    expect(lists).toEqual([{ list: 'dnc', changes: 59, examples: Array.from({ length: 20 }, (_, at) => at + 1) }]);
  });
});
