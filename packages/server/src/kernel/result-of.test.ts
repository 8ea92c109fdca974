import type { JsonObject } from '@trapkey/contract/json.ts';
import { expect, it } from 'vitest';
import { exactResultOf, resultOf } from './result-of.ts';

const text = (of: string): JsonObject => ({ content: [{ type: 'text', text: of }] });

it.each([
  ['an integer that doubles cannot hold', '{"id":9007199254740993}'],
  ['a number out of range', '{"amount":1e400}'],
  ['a key that stands there twice', '{"tier":"A","tier":"B"}'],
  ['half a character', String.raw`{"name":"\ud800"}`],
])('what is written back is never %s', (_, json) => {
  expect(() => exactResultOf(text(json), 'before/crm.set')).toThrow(/to the letter/);
  expect(resultOf(text(json), 'reach')).toEqual(JSON.parse(json));
});

it.each([Number.POSITIVE_INFINITY, 2 ** 53, '\ud800'])('nor %s in structured content', (amount) => {
  expect(() => exactResultOf({ structuredContent: { rows: [{ amount }] } }, 'before/crm.set')).toThrow(/to the letter/);
});

it('everything else is as it was said, text that is no JSON among it', () => {
  expect(exactResultOf(text('{"id":"9007199254740993","rate":0.1,"n":9007199254740991}'), 'r')).toEqual({
    id: '9007199254740993',
    rate: 0.1,
    n: 9007199254740991,
  });
  expect(exactResultOf(text('Tier: A'), 'r')).toEqual({ text: 'Tier: A' });
});
