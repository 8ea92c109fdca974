import { describe, expect, it } from 'vitest';
import { alsoShown, type Stratified } from './strata.ts';

const change = (digest: string, rest: Partial<Stratified> = {}): Stratified => ({
  digest,
  tool: 'set_tier',
  reach: 1,
  amount: null,
  destination: null,
  fields: {},
  ...rest,
});
const digestOf = (at: number) => String(at).padStart(6, '0');

describe('changes shown beside the sample', () => {
  it('shows the first, the last, the largest and one of each kind, rarest first', () => {
    const changes = Array.from({ length: 100 }, (_, at) =>
      change(digestOf(at), {
        fields: { tier: at === 41 ? 'C' : at < 10 ? 'B' : 'A', account: String(at) },
        reach: at === 50 ? 9 : 1,
        amount: at === 60 ? 100 : 5,
        ...(at === 70 && { tool: 'delete_account' }),
      }),
    );
    expect(alsoShown(changes, new Set(), 20)).toEqual([
      { index: 0, because: 'first' },
      { index: 99, because: 'last' },
      { index: 50, because: 'largest_reach' },
      { index: 60, because: 'largest_amount' },
      { index: 41, because: 'stratum', stratum: { by: 'field tier', value: 'C' } },
      { index: 70, because: 'stratum', stratum: { by: 'tool', value: 'delete_account' } },
      { index: 10, because: 'stratum', stratum: { by: 'field tier', value: 'A' } },
    ]);
  });

  it('leaves out what was drawn, and kinds of which one was drawn', () => {
    const changes = [change('a'), change('b', { fields: { tier: 'C' } }), change('c', { fields: { tier: 'C' } }), change('d')];
    expect(alsoShown(changes, new Set([0, 2]), 20)).toEqual([{ index: 3, because: 'last' }]);
    expect(alsoShown(changes, new Set([0]), 20).map(({ index }) => index)).toEqual([3, 1]);
  });

  it('always shows what was wrong before, and keeps the rest within its bound', () => {
    const changes = Array.from({ length: 1_000 }, (_, at) =>
      change(digestOf(at), { wrongBefore: at >= 400 && at < 430, fields: { group: `g${at % 40}` } }),
    );
    const shown = alsoShown(changes, new Set([400]), 10);
    expect(shown.filter(({ because }) => because === 'wrong_before')).toHaveLength(29);
    expect(shown).toHaveLength(29);
    expect(alsoShown(changes.slice(0, 300), new Set(), 10)).toHaveLength(10);
  });

  it('shows the same whatever order changes of a kind came in', () => {
    const kinds = [change('d', { fields: { tier: 'C' } }), change('b', { fields: { tier: 'C' } }), change('e', { fields: { tier: 'C' } })];
    const around = (middle: readonly Stratified[]) => [change('0'), ...middle, change('9')];
    const of = (changes: readonly Stratified[]) => alsoShown(changes, new Set(), 9).map(({ index }) => changes[index]?.digest);
    expect(of(around(kinds))).toEqual(of(around([...kinds].reverse())));
  });

  it('shows nothing of nothing, and has no trouble with names from elsewhere', () => {
    expect(alsoShown([], new Set(), 10)).toEqual([]);
    const odd = change('a', { fields: { __proto__x: '1', constructor: 'y' }, destination: '' });
    expect(alsoShown([odd], new Set(), 10)).toEqual([{ index: 0, because: 'first' }]);
  });
});
